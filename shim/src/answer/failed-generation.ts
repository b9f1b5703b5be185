import type { Dialect } from '../dialect.ts';
import type { Refusal } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { isObject, type WireObject } from '../wire.ts';
import { normaliseCompletion } from './completion.ts';
import { findTextCall, type TextCall } from './tool-syntax.ts';
import { createToolTextReader } from './tool-text.ts';

/** Carries an answer found inside an error: the endpoint refused a call that fits after all. */
export class RecoveredAnswer extends Error {
  override readonly name = 'RecoveredAnswer';
  readonly completion: WireObject;

  constructor(completion: WireObject) {
    super('the answer was in the error');
    this.completion = completion;
  }
}

/**
 * Looks into an error for what the model wrote: Groq answers 400 `tool_use_failed` for calls it could not read itself, and hands them over in
 * `failed_generation`. Returns what to throw: the answer when its calls fit the tools offered, else the endpoint's error.
 * Source: https://github.com/groq/groq-typescript/issues/28, checked 2026-11-23.
 */
export function recoverGeneration(
  body: unknown,
  refusal: Refusal,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): Refusal | RecoveredAnswer {
  const error = isObject(body) ? (body['error'] ?? body) : undefined;
  const text = isObject(error) ? error['failed_generation'] : undefined;
  if (typeof text !== 'string' || plan.offered.length === 0) return refusal;
  const { words, calls } = readGeneration(text, plan);
  if (calls.length === 0) return refusal;
  report.add({
    code: 'failed-generation-recovered',
    severity: 'info',
    where: 'response',
    what: `a call of ${calls.map(({ name }) => name).join(', ')} taken from the error`,
    why: `the endpoint could not read what the model wrote and answered ${refusal.status}: ${refusal.error.message.slice(0, 120)}`,
    fix: 'Lower the temperature, or use a model the endpoint reads calls of',
  });
  const message = {
    role: 'assistant',
    content: words === '' ? null : words,
    tool_calls: calls.map((call, index) => ({ index, type: 'function', function: call })),
  };
  const answer = { model: plan.requestedModel, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] };
  return new RecoveredAnswer(normaliseCompletion(answer, plan, dialect, report));
}

function readGeneration(
  text: string,
  { offered }: ChatPlan,
): { readonly words: string; readonly calls: readonly TextCall[] } {
  const reader = createToolTextReader(offered);
  const first = reader.push(text);
  const rest = reader.end();
  const calls = [...first.calls, ...rest.calls];
  if (calls.length > 0) return { words: (first.text + rest.text).trim(), calls };
  return { words: '', calls: findTextCall(text, offered) ?? [] };
}
