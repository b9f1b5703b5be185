import { writeEventBody } from '../answer/event-body.ts';
import type { Call } from '../call.ts';
import { readWatch } from '../guard/watch.ts';
import { type Refusal, refuseAnswer, refuseMissing, refuseRequest } from '../refusal.ts';
import type { ResponseEvent } from '../responses/event.ts';
import { createResponseWriter } from '../responses/events.ts';
import type { Archive } from '../responses/history.ts';
import type { Item } from '../responses/item.ts';
import { pageItems, readPage } from '../responses/page.ts';
import { openArchiveOf, prepareResponse } from '../responses/prepare.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { startResponse } from '../responses/response.ts';
import { askRound, followRun, type Run } from '../responses/run.ts';
import { jsonResponse, streamResponse } from '../response.ts';
import { isObject, omitKeys, type WireError, type WireObject } from '../wire.ts';
import { askChat } from './ask-chat.ts';
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
  if (route === 'POST {id}' && id === 'input_tokens') return countInput(call, body);
  if (id === 'compact')
    throw refuseRequest(
      '/responses/compact makes items only OpenAI can read: use truncation: "auto", or summarise in a call of your own',
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
  const { request, offer, archive, input, chat } = await prepareResponse(call, body);
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

/** Counts the tokens of an input as the endpoint counts them: it is asked for one token of an answer, and says in its usage what the prompt came to. */
async function countInput(call: Call, body: WireObject | undefined): Promise<Response> {
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const { report } = call;
  const { chat } = await prepareResponse(call, { ...body, store: false, stream: false });
  const one = { ...omitKeys(chat, ['tool_choice', 'logprobs', 'top_logprobs']), max_completion_tokens: 1 };
  const request: Call = { ...call, endpoint: 'chat.completions', path: '/chat/completions', body: one };
  const answer = await askChat(request);
  const usage = 'completion' in answer ? answer.completion['usage'] : undefined;
  const count = isObject(usage) ? usage['prompt_tokens'] : undefined;
  if (typeof count !== 'number' || count < 1)
    throw refuseAnswer('the endpoint does not say how many tokens the prompt has', 'usage_missing');
  report.add({
    code: 'input-tokens-measured',
    severity: 'info',
    where: 'response.input_tokens',
    what: 'the endpoint was asked for one token, and counted the prompt',
    why: 'only the endpoint has the model’s tokenizer and template',
    fix: '',
  });
  return jsonResponse({ object: 'response.input_tokens', input_tokens: count }, answer.upstream, report);
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
