import { joinCompletions } from '../answer/completion.ts';
import { encodeSse } from '../answer/sse.ts';
import { type ChunkBatches, mergeChunks } from '../answer/stream.ts';
import { writeEventBody } from '../answer/event-body.ts';
import type { Call } from '../call.ts';
import { createChunkWriter, writeCompletion } from '../completions/answer.ts';
import { askAsChat } from '../completions/as-chat.ts';
import { type CompletionsRequest, noteChat, readCompletionsRequest } from '../completions/request.ts';
import type { ChatAnswer } from '../emulate/ladder.ts';
import { askWatched } from '../guard/chat.ts';
import { Refusal, refuseRequest } from '../refusal.ts';
import { jsonResponse, streamResponse } from '../response.ts';
import { isObject, type WireObject } from '../wire.ts';

/** How many prompts of one call are answered at once. */
const atOnce = 4;

/** Serves `POST /completions`: by the endpoint's own, read by the passes of chat, or where it has none by its chat. */
export async function answerCompletions(call: Call): Promise<Response> {
  const { body, dialect, report } = call;
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const request = readCompletionsRequest(body, dialect, report);
  const rule = dialect.endpoints.completions;
  const isChat = typeof rule === 'object' && rule.kind === 'emulated';
  if (isChat) noteChat(dialect, report);
  const asked: Call = isChat ? call : { ...call, ask: askAsChat(call.ask), reasoning: 'keep' };
  return request.stream ? streamAnswers(asked, request) : joinAnswers(asked, request);
}

/** One chat request for each prompt; several prompts with several answers are as many requests. */
function writeBodies({ prompts, n, rest, stream }: CompletionsRequest): readonly WireObject[] {
  const several = prompts.length > 1;
  return prompts.flatMap((content) =>
    Array.from({ length: several ? n : 1 }, (_, index): WireObject => {
      const { seed } = rest;
      return {
        ...rest,
        messages: [{ role: 'user', content }],
        ...(stream ? { stream } : {}),
        ...(several ? {} : { n }),
        // The same seed would give the same answer n times.
        ...(several && typeof seed === 'number' ? { seed: seed + index } : {}),
      };
    }),
  );
}

async function askOne(call: Call, body: WireObject): Promise<ChatAnswer> {
  const chat: Call = { ...call, endpoint: 'chat.completions', path: '/chat/completions', body };
  return askWatched(chat).catch((error: unknown) => {
    throw error instanceof Refusal ? inOurWords(error) : error;
  });
}

async function joinAnswers(call: Call, request: CompletionsRequest): Promise<Response> {
  const bodies = writeBodies(request);
  const answers: ChatAnswer[] = [];
  for (let at = 0; at < bodies.length; at += atOnce)
    answers.push(...(await Promise.all(bodies.slice(at, at + atOnce).map((body) => askOne(call, body)))));
  const completions = answers.flatMap((answer) => ('completion' in answer ? [answer.completion] : []));
  const joined = completions.length === 1 ? (completions[0] as WireObject) : joinCompletions(completions);
  return jsonResponse(writeCompletion(joined, request), answers[0]?.upstream, call.report);
}

async function streamAnswers(call: Call, request: CompletionsRequest): Promise<Response> {
  const answers = await Promise.all(writeBodies(request).map((body) => askOne(call, body)));
  const streams = answers.flatMap((answer) => ('chunks' in answer ? [answer] : []));
  const batches = streams.map(({ chunks }) => chunks);
  const merged = batches.length === 1 ? (batches[0] as ChunkBatches) : mergeChunks(batches);
  const options = call.body?.['stream_options'];
  const wantsUsage = isObject(options) && options['include_usage'] === true;
  const write = createChunkWriter(request);
  const form = {
    write: (batch: Awaited<ReturnType<ChunkBatches['next']>>['value'] & object) =>
      batch
        .map((chunk) => {
          const written = write(chunk);
          const isUsage = written !== undefined && 'usage' in written;
          if (written === undefined || (isUsage && !wantsUsage)) return '';
          return encodeSse(JSON.stringify(wantsUsage && !isUsage ? { ...written, usage: null } : written));
        })
        .join(''),
    end: encodeSse('[DONE]'),
    fail: (error: object) => encodeSse(JSON.stringify({ error })),
  };
  const stop = (): void => streams.forEach((stream) => stream.stop());
  return streamResponse(writeEventBody(merged, form, stop), answers[0]?.upstream, call.report);
}

/** An error of the chat below, with the parameters by their names here. */
function inOurWords(error: Refusal): Refusal {
  const { param } = error.error;
  if (param === null || !/^(messages|top_logprobs)/.test(param)) return error;
  const named = { ...error.error, param: param.startsWith('messages') ? 'prompt' : 'logprobs' };
  return new Refusal(error.status, named, error.headers, error.upstream);
}
