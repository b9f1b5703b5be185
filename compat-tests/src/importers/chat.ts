import { isObject, type JsonObject } from '../json.ts';

/** A chat as logs of answers keep it: parsed, without its bytes. */
export interface LoggedChat {
  readonly id?: unknown;
  readonly model: string | undefined;
  readonly created?: number | undefined;
  /** The choices' messages, with why each ended where that is known. */
  readonly choices: ReadonlyArray<{ readonly message: JsonObject; readonly finish?: unknown }>;
  readonly usage?: JsonObject | undefined;
}

/** Writes a logged answer as OpenAI's wire would have it; what the log does not say is not made up. */
export function writeChat({ id, model, created, choices, usage }: LoggedChat): Uint8Array {
  const written = {
    ...(typeof id === 'string' ? { id } : {}),
    object: 'chat.completion',
    ...(created === undefined ? {} : { created }),
    ...(model === undefined ? {} : { model }),
    choices: choices.map(({ message, finish }, index) => ({
      index,
      message: { role: 'assistant', content: null, ...message },
      finish_reason: finishOf(finish, message),
    })),
    ...(usage === undefined ? {} : { usage }),
  };
  return new TextEncoder().encode(JSON.stringify(written));
}

/** A message with calls ended for them; of any other one nothing is known. */
function finishOf(finish: unknown, message: JsonObject): string | null {
  if (typeof finish === 'string' && finish !== '') return finish === 'tool_call' ? 'tool_calls' : finish;
  return Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0 ? 'tool_calls' : null;
}

/** Reads usage under the names that logs give it. */
export function readUsage(given: unknown): JsonObject | undefined {
  if (!isObject(given)) return undefined;
  const pick = (...names: string[]): number | undefined =>
    names.map((name) => given[name]).find((value): value is number => typeof value === 'number');
  const prompt = pick('prompt_tokens', 'input_tokens', 'promptTokens', 'input');
  const completion = pick('completion_tokens', 'output_tokens', 'completionTokens', 'output');
  if (prompt === undefined || completion === undefined) return undefined;
  const total = pick('total_tokens', 'totalTokens', 'total') ?? prompt + completion;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total };
}

/** Reads an answer that may be a whole completion, a message, a list of them, or a text; `undefined` when it is none. */
export function readChoices(output: unknown): LoggedChat['choices'] | undefined {
  if (typeof output === 'string') return [{ message: { content: output } }];
  if (Array.isArray(output)) {
    const all = output.map(readChoices);
    return all.length === 0 || all.some((one) => one === undefined) ? undefined : all.flatMap((one) => one ?? []);
  }
  if (!isObject(output)) return undefined;
  const { choices, message, role, content, tool_calls: calls, finish_reason: finish } = output;
  if (Array.isArray(choices)) return readChoices(choices);
  if (isObject(message)) return [{ message, finish }];
  if (role === 'assistant' || content !== undefined || Array.isArray(calls)) {
    const { finish_reason: _, ...rest } = output;
    return [{ message: rest, finish }];
  }
  return undefined;
}
