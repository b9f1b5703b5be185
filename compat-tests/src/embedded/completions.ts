import type { EngineRequest } from './engine.ts';
import { readBoolean, readNumber, type Body } from './fields.ts';
import { createEventStream, sendJson } from './http.ts';
import { generate, type Answer, type Piece } from './generation.ts';
import type { Route } from './route.ts';
import { readSampling } from './sampling.ts';
import { createId, stamp, writeUsage } from './wire-shapes.ts';
import { invalidRequest } from './wire-error.ts';

/** Prompts of a request: one text, or several. */
function readPrompts(body: Body): string[] {
  const { prompt } = body;
  if (prompt === undefined || prompt === null) throw invalidRequest('"prompt" must be provided');
  const list = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt];
  if (list.length === 0) throw invalidRequest('"prompt" must not be empty');
  return list.map((item) => {
    if (typeof item === 'string') return item;
    throw invalidRequest('"prompt" must be a string or a list of strings');
  });
}

const writeLogprobs = (logprobs: Piece['logprobs']) =>
  logprobs === undefined || logprobs.length === 0 ? null : { content: logprobs };

/** POST /v1/completions: ids and log-probabilities in the manner of chat, `echo` ignored, usage in the chunk that finishes. */
export const completions: Route = async ({ engine, body, response, signal }) => {
  const n = readNumber(body, 'n', [1, engine.slots]) ?? 1;
  const topLogprobs = readNumber(body, 'logprobs') ?? 0;
  const requests = readPrompts(body).flatMap((text): EngineRequest[] =>
    Array.from({ length: n }, () => ({ ...readSampling(body), prompt: { kind: 'text', text }, topLogprobs })),
  );
  const id = `chatcmpl-${createId()}`;
  const ending = ({ completion }: Answer) => ({
    ...stamp(engine, id, 'text_completion'),
    usage: writeUsage(completion),
    timings: completion.timings,
  });
  if (!(readBoolean(body, 'stream') ?? false)) {
    const answers = await Promise.all(requests.map((request) => generate(engine, request, { signal })));
    const [first] = answers;
    if (first === undefined) return;
    const choices = answers.map(({ text, logprobs, finish }, index) => ({
      text,
      index,
      logprobs: writeLogprobs(logprobs),
      finish_reason: finish,
    }));
    sendJson(response, 200, { choices, ...ending(first) });
    return;
  }
  const events = createEventStream(response);
  const choice = (text: string, index: number, logprobs: Piece['logprobs'], finish_reason: string | null) => ({
    choices: [{ text, index, logprobs: writeLogprobs(logprobs), finish_reason }],
  });
  await Promise.all(
    requests.map(async (request, index) => {
      const answer = await generate(engine, request, {
        signal,
        onPiece: ({ text, logprobs }) =>
          events.data({ ...choice(text, index, logprobs, null), ...stamp(engine, id, 'text_completion') }),
      });
      events.data({ ...choice('', index, undefined, answer.finish), ...ending(answer) });
    }),
  );
  events.done();
};
