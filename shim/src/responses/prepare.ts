import type { Call } from '../call.ts';
import { Refusal, refuseMissing, refuseRequest } from '../refusal.ts';
import { openStore } from '../store/open.ts';
import type { WireObject } from '../wire.ts';
import { type Archive, openArchive } from './history.ts';
import type { Item } from './item.ts';
import { writeMessages } from './messages.ts';
import { readResponsesRequest, type ResponsesRequest, writeChatBody } from './request.ts';
import { offerTools, type ToolOffer } from './tools.ts';

/** A Responses request with everything it rests on, and the chat request that asks for it. */
export interface PreparedResponse {
  readonly request: ResponsesRequest;
  readonly offer: ToolOffer;
  /** `undefined` where nothing is read from the store or written to it. */
  readonly archive: Archive | undefined;
  /** This call's own items, references resolved. */
  readonly input: readonly Item[];
  readonly chat: WireObject;
}

/** Reads a request and the history it names. Throws a `Refusal`. */
export async function prepareResponse(call: Call, body: WireObject): Promise<PreparedResponse> {
  const { report } = call;
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
  return { request, offer, archive, input, chat: writeChatBody(request, messages, offer) };
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
