import type { ChatChunk, WireObject } from '../wire.ts';
import { isObject, omitKeys } from '../wire.ts';
import { unscored } from './as-chat.ts';
import type { CompletionsRequest } from './request.ts';

/** What of a request its answer is written by. */
type Wanted = Pick<CompletionsRequest, 'prompts' | 'n' | 'echo' | 'logprobs'>;

/** Writes a chat answer as one of completions. The answers to the first prompt come first. */
export function writeCompletion(completion: WireObject, wanted: Wanted): WireObject {
  const choices = completion['choices'] as readonly WireObject[];
  return {
    ...omitKeys(completion, ['choices', 'usage', 'moderation', 'service_tier']),
    id: nameId(completion['id']),
    object: 'text_completion',
    choices: choices.map(({ index, message, finish_reason: finish, logprobs }) => {
      const said = message as WireObject;
      const prompt = wanted.echo ? promptOf(Number(index), wanted) : '';
      const text = `${prompt}${readText(said)}`;
      return {
        text,
        index,
        logprobs: writeLogprobs(logprobs, wanted, prompt.length).logprobs,
        finish_reason: nameFinish(finish),
      };
    }),
    ...(completion['usage'] === undefined ? {} : { usage: completion['usage'] }),
  };
}

/** Starts the writer of a stream's chunks; what says nothing in completions (a role, a moderation) is left out. */
export function createChunkWriter(wanted: Wanted): (chunk: ChatChunk) => WireObject | undefined {
  const begun = new Map<number, number>();
  return ({ id, created, model, choices, usage, moderation }) => {
    if (moderation !== undefined) return undefined;
    const shared = { id: nameId(id), object: 'text_completion', created, model };
    if (choices.length === 0) return isObject(usage) ? { ...shared, choices: [], usage } : undefined;
    const written = choices.flatMap(({ index, delta, finish_reason: finish, logprobs }) => {
      const prompt = wanted.echo && !begun.has(index) ? promptOf(index, wanted) : '';
      const text = `${prompt}${readText(delta)}`;
      if (text === '' && finish === null && !isObject(logprobs)) return [];
      const at = begun.get(index) ?? 0;
      const { logprobs: list, end } = writeLogprobs(logprobs, wanted, at + prompt.length);
      begun.set(index, list === null ? at + text.length : end);
      return [{ text, index, logprobs: list, finish_reason: finish === null ? null : nameFinish(finish) }];
    });
    return written.length === 0 ? undefined : { ...shared, choices: written };
  };
}

function promptOf(index: number, { prompts, n }: Wanted): string {
  return prompts[Math.floor(index / n)] ?? '';
}

function readText({ content, refusal }: WireObject): string {
  return typeof content === 'string' ? content : typeof refusal === 'string' ? refusal : '';
}

function nameId(id: unknown): string {
  return String(id).replace(/^chatcmpl-/, 'cmpl-');
}

/** Completions know three reasons. Source: openai@7.57.0 `CompletionChoice`, checked 2026-11-25. */
function nameFinish(finish: unknown): unknown {
  return finish === 'tool_calls' || finish === 'function_call' ? 'stop' : finish;
}

/** Writes chat's log-probabilities in the form of completions; `from` is where the first token stands in the text. */
function writeLogprobs(
  given: unknown,
  { logprobs }: Wanted,
  from: number,
): { readonly logprobs: WireObject | null; readonly end: number } {
  const content = isObject(given) && Array.isArray(given['content']) ? given['content'].filter(isObject) : undefined;
  if (logprobs === undefined || content === undefined) return { logprobs: null, end: from };
  let end = from;
  const offsets = content.map(({ token }) => {
    const at = end;
    end += String(token).length;
    return at;
  });
  return {
    logprobs: {
      tokens: content.map(({ token }) => token),
      token_logprobs: content.map(({ logprob }) => (logprob === unscored ? null : logprob)),
      top_logprobs:
        logprobs === 0
          ? null
          : content.map(({ logprob: own, top_logprobs: top }) =>
              own === unscored
                ? null
                : Object.fromEntries(
                    (Array.isArray(top) ? top.filter(isObject) : []).map(({ token, logprob }) => [token, logprob]),
                  ),
            ),
      text_offset: offsets,
    },
    end,
  };
}
