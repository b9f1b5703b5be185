import type { Dialect } from '../dialect.ts';
import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { type FinishReason, isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';
import { createToolTracker, type ToolPiece } from './tool-tracker.ts';

/** Brings the pieces of one choice into OpenAI's shape; a JSON answer is one piece. */
export interface ChoiceState {
  /** Takes a delta (or a whole message) and returns it as OpenAI would send it. */
  accept(delta: WireObject): WireObject;
  /** Takes the finish reason; returns OpenAI's and what the tool calls still lack. Throws a `Refusal` for a reason that is a failure. */
  finish(reason: unknown): { readonly reason: FinishReason; readonly missing: readonly ToolPiece[] };
  readonly finished: boolean;
}

const ownReasons: readonly FinishReason[] = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];
/** Other words for OpenAI's reasons. Sources: the providers' recorded answers; https://github.com/huggingface/text-generation-inference (eos_token), https://docs.mistral.ai (model_length). Checked 2026-11-23. */
const otherReasons: Readonly<Record<string, FinishReason>> = {
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  end_turn: 'stop',
  model_length: 'length',
  max_tokens: 'length',
  tool_use: 'tool_calls',
};
const failures = ['error', 'abort', 'aborted', 'cancelled'];

/** Starts a choice. `where` is its place in the answer, e.g. `response.choices[0]`. */
export function createChoice(where: string, plan: ChatPlan, dialect: Dialect, report: Report): ChoiceState {
  const tools = createToolTracker(where, report);
  let started = false;
  let finished = false;
  let legacyCall = false;

  const mapReason = (given: unknown): FinishReason => {
    const word = String(given);
    if (failures.includes(word))
      throw refuseAnswer(`the endpoint ended the answer with finish_reason "${word}"`, 'upstream_failed');
    let reason = ownReasons.find((own) => own === word) ?? dialect.finish[word] ?? otherReasons[word];
    if (reason === undefined) {
      reason = 'stop';
      report.add({
        code: 'finish-reason-unknown',
        severity: 'lossy',
        where: `${where}.finish_reason`,
        what: `"${word}" sent as "stop"`,
        why: "OpenAI's API has no such reason",
        fix: 'Report the endpoint, so that the word gets a row',
      });
    }
    // OpenAI ends a named tool choice with stop, every other tool call with tool_calls. Source: https://github.com/vllm-project/vllm/pull/25054, checked 2026-11-23
    if (tools.count > 0 && reason === 'stop' && plan.tools.mode !== 'named') reason = 'tool_calls';
    if (tools.count > 0 && reason === 'tool_calls' && plan.tools.pinned) reason = 'stop';
    if (tools.count === 0 && reason === 'tool_calls' && !legacyCall) reason = 'stop';
    if (reason !== word)
      report.add({
        code: 'finish-reason-repaired',
        severity: 'info',
        where: `${where}.finish_reason`,
        what: `"${word}" sent as "${reason}"`,
        why: 'OpenAI says so for such an answer',
        fix: '',
      });
    return reason;
  };

  return {
    accept(delta) {
      const out: Record<string, unknown> = omitKeys(delta, ['role', 'tool_calls']);
      if (!started) out['role'] = 'assistant';
      started = true;
      if (Array.isArray(delta['content'])) Object.assign(out, splitParts(delta['content'], where, report));
      if (isObject(delta['function_call'])) legacyCall = true;
      if (!Array.isArray(delta['tool_calls']) || delta['tool_calls'].length === 0) return out;
      const pieces = delta['tool_calls'].flatMap((piece) => tools.accept(piece));
      if (pieces.length > 0) out['tool_calls'] = pieces;
      if (out['content'] === '') delete out['content'];
      return out;
    },
    finish(given) {
      finished = true;
      const reason = mapReason(given);
      if (tools.count === 0 && (plan.tools.mode === 'required' || plan.tools.mode === 'named') && reason === 'stop')
        report.add({
          code: 'tool-choice-not-honoured',
          severity: 'lossy',
          where: `${where}.tool_calls`,
          what: 'no tool was called',
          why: 'the endpoint answered text although tool_choice asked for a call',
          fix: 'Serve the model with a chat template that knows tools',
        });
      return { reason, missing: tools.close(reason === 'length' || reason === 'content_filter') };
    },
    get finished() {
      return finished;
    },
  };
}

/** Cuts logprobs to what was asked for, and takes off keys OpenAI does not have. */
export function adaptLogprobs(
  logprobs: unknown,
  { topLogprobs }: ChatPlan,
  { extras }: Dialect,
  report: Report,
): unknown {
  if (!isObject(logprobs) || !Array.isArray(logprobs['content'])) return isAbsent(logprobs) ? null : logprobs;
  const content = logprobs['content'].map((item) => {
    if (!isObject(item)) return item;
    const top = item['top_logprobs'];
    if (!Array.isArray(top)) return { ...omitKeys(item, extras.logprob), top_logprobs: [] };
    if (topLogprobs !== undefined && top.length > topLogprobs)
      report.add({
        code: 'logprobs-cut',
        severity: 'info',
        where: 'response.choices[].logprobs',
        what: `${top.length} alternatives cut to ${topLogprobs}`,
        why: 'only so many were asked for',
        fix: '',
      });
    return {
      ...omitKeys(item, extras.logprob),
      top_logprobs: top
        .slice(0, topLogprobs)
        .map((entry) => (isObject(entry) ? omitKeys(entry, extras.logprob) : entry)),
    };
  });
  return { refusal: null, ...logprobs, content };
}

function splitParts(parts: readonly unknown[], where: string, report: Report): WireObject {
  report.add({
    code: 'content-joined',
    severity: 'info',
    where: `${where}.content`,
    what: 'a list of parts sent as text',
    why: "OpenAI's answers are text",
    fix: '',
  });
  const text = (kind: string) =>
    parts.map((part) => (isObject(part) && part['type'] === kind ? readText(part[kind]) : '')).join('');
  const thinking = text('thinking');
  return { content: text('text'), ...(thinking === '' ? {} : { reasoning_content: thinking }) };
}

function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value)
    ? value.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('')
    : '';
}
