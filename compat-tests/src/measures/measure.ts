import type { Exchange } from '@migrate-llm/shim/exchange';
import type { Answer } from '../answer.ts';
import { isObject } from '../json.ts';

/** What one answer took; `null` where it is not known. */
export interface SideMeasure {
  /** `<host>/<model>`, as the answer names the model. */
  readonly model: string;
  /** Milliseconds to the first piece of a stream. */
  readonly firstMs: number | null;
  /** Milliseconds to the end of the answer. */
  readonly totalMs: number | null;
  /** By the tokenizer of the side itself. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** When an answer's first piece and its end came, milliseconds since the request. */
export interface Timing {
  readonly firstMs: number;
  readonly totalMs: number;
}

/** Measures the recorded answer; times that the recording lacks are `null`. */
export function measureRecorded({ target, model, lacks, response }: Exchange, answer: Answer): SideMeasure {
  const times = response.chunks.map(([ms]) => ms);
  const isTimed = lacks?.includes('timing') !== true && times.some((ms) => ms > 0);
  const timing = isTimed ? { firstMs: times[0] ?? 0, totalMs: times.at(-1) ?? 0 } : undefined;
  return measureAnswer(target, model ?? '', answer, timing);
}

/** Measures an answer of `host`. */
export function measureAnswer(host: string, model: string, answer: Answer, timing: Timing | undefined): SideMeasure {
  const { usage, events, json } = answer;
  const named = [json, ...(events ?? []).map((event) => event.json)]
    .filter(isObject)
    .map((body) => body['model'])
    .find((name) => typeof name === 'string' && name !== '');
  const read = (...keys: readonly string[]): number | null => {
    const value = keys.map((key) => usage?.[key]).find((held) => typeof held === 'number');
    return typeof value === 'number' ? value : null;
  };
  return {
    model: `${host}/${typeof named === 'string' ? named : model}`,
    firstMs: timing === undefined || events === undefined ? null : timing.firstMs,
    totalMs: timing?.totalMs ?? null,
    promptTokens: read('prompt_tokens', 'input_tokens'),
    completionTokens: read('completion_tokens', 'output_tokens'),
  };
}
