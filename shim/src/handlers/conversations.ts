import type { Call } from '../call.ts';
import { type Refusal, refuseMissing, refuseRequest } from '../refusal.ts';
import type { Archive } from '../responses/history.ts';
import { identifyItem, makeObjectId } from '../responses/item.ts';
import { readPage, writeList } from '../responses/page.ts';
import { openArchiveOf } from '../responses/prepare.ts';
import { jsonResponse } from '../response.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';
import { passThrough } from './pass-through.ts';

/** Items that one request may add. Source: https://platform.openai.com/docs/api-reference/conversations/create-items, checked 2026-11-23. */
const maxItems = 20;

/** Serves `/conversations` and what is below it from the same store as responses. */
export async function answerConversations(call: Call): Promise<Response> {
  if (call.dialect.endpoints.conversations === 'native') return passThrough(call);
  const { method, path, body = {}, report } = call;
  const url = new URL(path, 'http://below');
  const [, id = '', list = '', item = ''] =
    /^\/conversations\/?([^/]*)(?:\/(items))?(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const archive = await openArchiveOf(call);
  const reply = (value: unknown) => jsonResponse(value, undefined, report);
  const route = [method, id && '{id}', list, item && '{item}'].filter((part) => part !== '').join(' ');
  switch (route) {
    case 'POST': {
      const conversation = {
        id: makeObjectId('conv'),
        object: 'conversation',
        created_at: Math.floor(Date.now() / 1000),
        metadata: body['metadata'] ?? {},
      };
      await archive.keepConversation(conversation, readItems(body['items'] ?? []));
      return reply(conversation);
    }
    case 'GET {id}':
      return reply(await needConversation(archive, id));
    case 'POST {id}': {
      const conversation = { ...(await needConversation(archive, id)), metadata: body['metadata'] ?? {} };
      await archive.keepConversation(conversation);
      return reply(conversation);
    }
    case 'DELETE {id}':
      if (!(await archive.removeConversation(id))) throw missing('Conversation', id);
      return reply({ id, object: 'conversation.deleted', deleted: true });
    case 'POST {id} items': {
      await needConversation(archive, id);
      const items = readItems(body['items']);
      await archive.addConversationItems(id, items);
      return reply(writeList(items, false));
    }
    case 'GET {id} items': {
      await needConversation(archive, id);
      const page = readPage(url.searchParams);
      // One more than asked for tells whether there are more.
      const found = await archive.listConversationItems(id, { ...page, limit: page.limit + 1 });
      return reply(writeList(found.slice(0, page.limit), found.length > page.limit));
    }
    case 'GET {id} items {item}': {
      const found = await archive.readConversationItem(id, item);
      if (found === undefined) throw missing('Item', item);
      return reply(found);
    }
    case 'DELETE {id} items {item}': {
      const conversation = await needConversation(archive, id);
      if (!(await archive.removeConversationItem(id, item))) throw missing('Item', item);
      return reply(conversation);
    }
    default:
      throw refuseMissing(`Invalid URL (${method} ${url.pathname})`);
  }
}

function readItems(items: unknown) {
  if (!Array.isArray(items))
    throw refuseRequest(
      'items must be a list',
      'items',
      isAbsent(items) ? 'missing_required_parameter' : 'invalid_type',
    );
  if (items.length > maxItems)
    throw refuseRequest(
      `items has ${items.length}; one request adds ${maxItems} at most`,
      'items',
      'array_above_max_length',
    );
  return items.map((item, index) => {
    if (!isObject(item)) throw refuseRequest(`items[${index}] must be an object`, `items[${index}]`, 'invalid_type');
    return identifyItem(item);
  });
}

async function needConversation(archive: Archive, id: string): Promise<WireObject> {
  const conversation = await archive.readConversation(id);
  if (conversation === undefined) throw missing('Conversation', id);
  return conversation;
}

function missing(what: string, id: string): Refusal {
  return refuseMissing(`${what} with id '${id}' not found.`);
}
