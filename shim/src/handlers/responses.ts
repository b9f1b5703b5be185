import { writeEventBody } from '../answer/event-body.ts';
import type { Call } from '../call.ts';
import { Refusal, refuseMissing, refuseRequest } from '../refusal.ts';
import { type Archive, openArchive } from '../responses/history.ts';
import { createResponseWriter } from '../responses/events.ts';
import type { ResponseEvent } from '../responses/event.ts';
import type { Item } from '../responses/item.ts';
import { writeMessages } from '../responses/messages.ts';
import { pageItems, readPage } from '../responses/page.ts';
import { readResponsesRequest, type ResponsesRequest, writeChatBody } from '../responses/request.ts';
import { startResponse } from '../responses/response.ts';
import { askRound, followRun, type Run } from '../responses/run.ts';
import { offerTools } from '../responses/tools.ts';
import { jsonResponse, streamResponse } from '../response.ts';
import { readWatch } from '../guard/watch.ts';
import { openStore } from '../store/open.ts';
import type { WireError, WireObject } from '../wire.ts';
import { passThrough } from './pass-through.ts';

/** Serves `/responses` and what is below it: as the endpoint has it where its dialect says so, else over chat. */
export async function answerResponses(call: Call): Promise<Response> {
  // What the endpoint answers by itself no guard has seen.
  if (call.dialect.endpoints.responses === 'native' && readWatch(call.guard, undefined) === undefined)
    return passThrough(call);
  const { method, path, body, report } = call;
  const url = new URL(path, 'http://below');
  const [, id = '', below] = /^\/responses\/?([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
  const reply = (value: unknown) => jsonResponse(value, undefined, report);
  const route = `${method} ${id === '' ? '' : '{id}'}${below === '' ? '' : `/${below}`}`.trim();
  if (route === 'POST') return createResponse(call, body);
  if (id === 'input_tokens' || id === 'compact')
    throw refuseRequest(
      id === 'compact'
        ? '/responses/compact makes items only OpenAI can read: use truncation: "auto", or summarise in a call of your own'
        : '/responses/input_tokens needs the model’s tokenizer: count with the endpoint’s own, or read usage of the answer',
      null,
      'unsupported_endpoint',
    );
  const archive = await openArchiveOf(call);
  switch (route) {
    case 'GET {id}': {
      if (url.searchParams.get('stream') === 'true')
        throw refuseRequest('Only responses made with background: true can be streamed again', 'stream');
      return reply((await needResponse(archive, id)).response);
    }
    case 'DELETE {id}':
      if (!(await archive.removeResponse(id))) throw missingResponse(id);
      return reply({ id, object: 'response', deleted: true });
    case 'GET {id}/input_items': {
      const { input } = await needResponse(archive, id);
      return reply(pageItems(input, readPage(url.searchParams)));
    }
    case 'POST {id}/cancel':
      await needResponse(archive, id);
      throw refuseRequest('Cannot cancel a synchronous response.', null, 'invalid_request_error');
    default:
      throw refuseMissing(`Invalid URL (${method} ${url.pathname})`);
  }
}

/** Opens what this tenant has in the store. Throws a `Refusal` when the store is not there. */
export async function openArchiveOf({ responses }: Call): Promise<Archive> {
  try {
    return openArchive(await openStore(responses.store, responses.env), responses.tenant, responses.ttlMs);
  } catch (error) {
    throw new Refusal(500, {
      message: `the store of responses cannot be opened: ${(error as Error).message}`,
      type: 'server_error',
      param: null,
      code: 'store_unavailable',
    });
  }
}

async function createResponse(call: Call, body: WireObject | undefined): Promise<Response> {
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const { dialect, report, requestedModel } = call;
  const rule = dialect.endpoints.responses;
  report.add({
    code: 'responses-emulated',
    severity: 'info',
    where: 'request',
    what: 'answered over chat completions',
    why: typeof rule === 'object' ? rule.because : `nobody has checked the Responses API of ${dialect.id}`,
    fix: '',
  });
  const request = readResponsesRequest(body, report);
  const offer = offerTools(body['tools'], body['tool_choice'], call.responses.builtInTools);
  const needsArchive =
    request.store ||
    request.previousId !== undefined ||
    request.conversationId !== undefined ||
    request.items.some(({ type }) => type === 'item_reference');
  const archive = needsArchive ? await openArchiveOf(call) : undefined;
  const history = await readHistory(request, archive);
  const input = await resolveReferences(request.items, archive);
  const messages = writeMessages([...history, ...input], body['instructions'], report);
  if (messages.length === 0)
    throw refuseRequest("Missing required parameter: 'input'", 'input', 'missing_required_parameter');
  const chat = writeChatBody(request, messages, offer);
  const started = startResponse(request, requestedModel);
  const writer = createResponseWriter(started, offer, request.wantsLogprobs);
  const run: Run = {
    call,
    request,
    offer,
    writer,
    chat,
    keep: () => keepResponse(call, request, input, writer.final, archive),
  };
  const first = await askRound(run, chat);
  const { events, stop } = followRun(run, first);
  if (request.stream) {
    // The event that ends the response ends the stream: there is no `[DONE]`.
    const form = { write: encodeEvents, end: '', fail: (error: WireError) => encodeEvents(writer.fail(error)) };
    return streamResponse(writeEventBody(events, form, stop), first.upstream, report);
  }
  for await (const _ of events) continue;
  return jsonResponse(writer.final, first.upstream, report);
}

async function readHistory(
  { previousId, conversationId }: ResponsesRequest,
  archive: Archive | undefined,
): Promise<readonly Item[]> {
  if (archive === undefined) return [];
  if (previousId !== undefined) return archive.readChain(previousId);
  if (conversationId === undefined) return [];
  if ((await archive.readConversation(conversationId)) === undefined)
    throw refuseMissing(`Conversation with id '${conversationId}' not found.`, 'conversation');
  return archive.listConversationItems(conversationId, { limit: 100_000, descending: false });
}

/** Puts the items in that the input names by their ids. */
async function resolveReferences(items: readonly Item[], archive: Archive | undefined): Promise<readonly Item[]> {
  return Promise.all(
    items.map(async (item) => {
      if (item.type !== 'item_reference') return item;
      const found = await archive?.readItem(item.id);
      if (found !== undefined) return found;
      throw refuseRequest(`Item with id '${item.id}' not found.`, 'input', 'item_not_found');
    }),
  );
}

async function keepResponse(
  { report }: Call,
  { store, previousId, conversationId }: ResponsesRequest,
  input: readonly Item[],
  response: WireObject,
  archive: Archive | undefined,
): Promise<void> {
  const id = String(response['id']);
  try {
    if (archive === undefined) return;
    if (store) await archive.keepResponse({ response: { ...response, id }, input, previousId, conversationId });
    else if (conversationId !== undefined)
      await archive.addConversationItems(conversationId, [...input, ...(response['output'] as readonly Item[])]);
  } catch (error) {
    report.add({
      code: 'response-not-stored',
      severity: 'lossy',
      where: 'response.store',
      what: `${id} is not kept, and previous_response_id will not find it`,
      why: `the store failed: ${(error as Error).message}`,
      fix: 'See the config key responses.store',
    });
  }
}

async function needResponse(archive: Archive, id: string) {
  const record = await archive.readResponse(id);
  if (record === undefined) throw missingResponse(id);
  return record;
}

function missingResponse(id: string): Refusal {
  return refuseMissing(`Response with id '${id}' not found.`);
}

/** Events in the form of the wire. */
function encodeEvents(events: readonly ResponseEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
