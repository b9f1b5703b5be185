import type { Dialect } from '../dialect.ts';
import { citeFact } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, omitKeys, type WireObject } from '../wire.ts';

/** A request for legacy completions, read and checked. */
export interface CompletionsRequest {
  readonly prompts: readonly string[];
  /** Answers to each prompt. */
  readonly n: number;
  readonly stream: boolean;
  readonly echo: boolean;
  /** Alternatives per token; `undefined` where no log-probabilities are asked for. */
  readonly logprobs: number | undefined;
  /** What goes along under chat's names, without the prompt. */
  readonly rest: WireObject;
}

/** Tokens of an answer where the request says nothing. Source: https://platform.openai.com/docs/api-reference/completions/create, checked 2026-11-23. */
const usualLimit = 16;

/** Reads a request. Throws a `Refusal` for what no endpoint gives as OpenAI does. */
export function readCompletionsRequest(
  body: WireObject,
  { completions, name }: Dialect,
  report: Report,
): CompletionsRequest {
  const { echo, logprobs, suffix, best_of: bestOf } = body;
  const n = readCount(body['n'] ?? 1, 'n');
  if (!isAbsent(logprobs) && !(typeof logprobs === 'number' && Number.isInteger(logprobs) && logprobs >= 0))
    throw refuseRequest(
      `logprobs is ${JSON.stringify(logprobs)}; it must be a whole number`,
      'logprobs',
      'invalid_type',
    );
  if (!isAbsent(bestOf) && readCount(bestOf, 'best_of') > n)
    throw refuseRequest(
      `best_of is ${JSON.stringify(bestOf)}: no endpoint of open models chooses the best of several answers. Ask for n, and choose yourself`,
      'best_of',
    );
  if (!isAbsent(suffix) && suffix !== '' && completions.suffix === undefined)
    throw refuseRequest(
      `suffix is not known to be honoured by ${name}, and an answer that ignores it looks like one that does not. Use a model's own fill-in-the-middle tokens in the prompt`,
      'suffix',
    );
  if (echo === true && !isAbsent(logprobs) && completions.promptLogprobs === undefined)
    throw refuseRequest(
      `echo with logprobs scores the prompt's own tokens, which ${name} is not known to do. Leave one of them out`,
      'echo',
    );
  const prompts = readPrompts(body['prompt']);
  const scores = echo === true && !isAbsent(logprobs);
  if (echo === true && !scores)
    report.add({
      code: 'echo-emulated',
      severity: 'info',
      where: 'request.echo',
      what: 'the prompt is put before the answer',
      why: 'endpoints ignore echo or answer it in their own ways',
      fix: '',
    });
  const known = ['prompt', 'echo', 'logprobs', 'best_of', 'n', 'stream', 'suffix', 'max_tokens'];
  return {
    prompts,
    n,
    stream: body['stream'] === true,
    echo: echo === true && !scores,
    logprobs: typeof logprobs === 'number' ? logprobs : undefined,
    rest: {
      ...omitKeys(body, known),
      ...(scores ? { echo } : {}),
      ...(suffix === '' || isAbsent(suffix) ? {} : { suffix }),
      ...(typeof logprobs === 'number' ? { logprobs: true, top_logprobs: logprobs } : {}),
      max_tokens: body['max_tokens'] ?? usualLimit,
    },
  };
}

function readCount(value: unknown, param: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 128) return value;
  throw refuseRequest(
    `${param} is ${JSON.stringify(value)}; it must be a whole number from 1 to 128`,
    param,
    'invalid_value',
  );
}

function readPrompts(prompt: unknown): readonly string[] {
  if (isAbsent(prompt))
    throw refuseRequest("Missing required parameter: 'prompt'", 'prompt', 'missing_required_parameter');
  const list: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  if (list.length === 0) throw refuseRequest('prompt is an empty list', 'prompt', 'empty_array');
  if (list.every((item): item is string => typeof item === 'string')) return list;
  if (list.every((item) => typeof item === 'number' || Array.isArray(item)))
    throw refuseRequest(
      "prompt is a list of token ids, which belong to OpenAI's tokenizer and mean other words to another model. Send the text",
      'prompt',
    );
  throw refuseRequest('prompt must be a text or a list of texts', 'prompt', 'invalid_type');
}

/** Says in a note that a chat model answers the prompt instead of going on with it. Throws a `Refusal` under `strict`. */
export function noteChat({ endpoints, name }: Dialect, report: Report): void {
  const rule = endpoints.completions;
  report.add({
    code: 'completion-as-chat',
    severity: 'lossy',
    where: 'request.prompt',
    what: 'sent as a user message: the model answers it instead of going on with it',
    why: typeof rule === 'object' ? citeFact(rule) : `${name} has no completions`,
    fix: 'Move the call to chat.completions.create, or send it to an engine that has completions',
  });
}
