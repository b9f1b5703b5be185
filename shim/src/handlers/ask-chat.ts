import { type ByteSource, openBody } from '../answer/body.ts';
import { assembleCompletion, joinCompletions, normaliseCompletion, splitCompletion } from '../answer/completion.ts';
import { type ChunkBatches, mergeChunks, readChunks } from '../answer/stream.ts';
import { readUpstreamError } from '../answer/upstream-error.ts';
import { recoverGeneration } from '../answer/failed-generation.ts';
import { type ChatAnswer, climbLadder } from '../emulate/ladder.ts';
import type { ShapedRequest } from '../emulate/shape.ts';
import { inlineImages } from '../images/inline.ts';
import { type Call, copyHeaders, readAnswer, readText } from '../call.ts';
import type { Dialect } from '../dialect.ts';
import { askLearning } from '../learn.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { type ChatPlan, translateChat } from '../request/chat.ts';
import { parseJson, type WireObject } from '../wire.ts';

/** Sends a chat request and reads its answer; endpoints that are imitated over chat start here. Throws a `Refusal`. */
export async function askChat(call: Call): Promise<ChatAnswer> {
  if (call.body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  return climbLadder(call, await inlineImages(call.body, call), requestChat);
}

/** Sends a request in one form and reads its answer. Throws a `Refusal`. */
async function requestChat(call: Call, shaped: ShapedRequest): Promise<ChatAnswer> {
  const { model, dialect, reasoning, report } = call;
  const { bodies, plan: ownPlan } = translateChat(shaped.body, model, dialect, report, reasoning);
  const plan: ChatPlan = { ...ownPlan, ...shaped.plan };
  const responses = await Promise.all(bodies.map((sent) => askLearning(call, sent)));
  const failed = responses.find((response) => response.status >= 400);
  if (failed !== undefined) {
    for (const response of responses)
      if (response !== failed)
        void openBody(response)
          .cancel()
          .catch(() => undefined);
    const text = await readText(failed);
    const refusal = readUpstreamError(failed.status, text, copyHeaders(failed));
    throw recoverGeneration(parseJson(text), refusal, plan, dialect, report);
  }
  const upstream = copyHeaders(responses[0]);
  if (plan.stream) {
    const sources = responses.map((response) => openBody(response));
    const batches = responses.map((response, index) =>
      openChunks(response, sources[index] as ByteSource, plan, dialect, report),
    );
    return {
      upstream,
      chunks: batches.length === 1 ? (batches[0] as ChunkBatches) : mergeChunks(batches),
      wantsUsage: plan.wantsUsage,
      stop: () => sources.forEach((source) => void source.cancel().catch(() => undefined)),
    };
  }
  const answers = await Promise.all(responses.map((response) => readCompletion(response, plan, dialect, report)));
  return { upstream, completion: answers.length === 1 ? (answers[0] as WireObject) : joinCompletions(answers) };
}

/** Reads a stream's answer in whatever form it came: events, or one JSON body that is cut into chunks. */
async function* openChunks(
  response: Response,
  source: ByteSource,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): ChunkBatches {
  const type = response.headers.get('content-type') ?? '';
  if (!/json|html/i.test(type)) {
    yield* readChunks(source, plan, dialect, report);
    return;
  }
  const text = await readSource(source);
  const answer = readAnswer(text, response.status, copyHeaders(response));
  report.add({
    code: 'json-streamed',
    severity: 'info',
    where: 'response',
    what: 'a JSON answer sent as a stream',
    why: 'the endpoint does not stream this request',
    fix: '',
  });
  yield splitCompletion(normaliseCompletion(answer, plan, dialect, report));
}

async function readCompletion(
  response: Response,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): Promise<WireObject> {
  const text = await readText(response);
  const isEvents =
    /event-stream/i.test(response.headers.get('content-type') ?? '') || /^\s*(data|event|id):/.test(text);
  if (!isEvents)
    return normaliseCompletion(readAnswer(text, response.status, copyHeaders(response)), plan, dialect, report);
  report.add({
    code: 'stream-assembled',
    severity: 'info',
    where: 'response',
    what: 'an event stream sent as one answer',
    why: 'the endpoint streams although it was not asked to',
    fix: '',
  });
  const chunks = [];
  for await (const batch of readChunks(textSource(text), plan, dialect, report)) chunks.push(...batch);
  return assembleCompletion(chunks);
}

async function readSource(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next())
    text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

function textSource(text: string): ByteSource {
  let bytes: Uint8Array | undefined = new TextEncoder().encode(text);
  return {
    next: async () => {
      const piece = bytes;
      bytes = undefined;
      return piece;
    },
    cancel: async () => undefined,
  };
}
