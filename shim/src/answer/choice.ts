import type { Dialect } from '../dialect.ts';
import { refuseAnswer, TextRefusal } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { type FinishReason, isObject, omitKeys, parseJson, type WireObject } from '../wire.ts';
import { type ChoiceText, createChoiceText, placeReasoning, type ReadContent } from './choice-text.ts';
import { createToolTracker, makeId, type ToolPiece } from './tool-tracker.ts';

/** Brings the pieces of one choice into OpenAI's shape; a JSON answer is one piece. */
export interface ChoiceState {
  /** Takes a delta (or a whole message, with the reason it ended for) and returns it as OpenAI would send it. */
  accept(delta: WireObject, ended?: unknown): WireObject;
  /** Takes a delta that is nothing but a piece of text, once the choice has begun. */
  acceptText(content: string): WireObject;
  /** Takes the finish reason; returns OpenAI's and what the tool calls still lack. Throws a `Refusal` for a reason that is a failure. */
  finish(reason: unknown): {
    readonly reason: FinishReason;
    /** Text and reasoning that were kept back. */
    readonly rest: WireObject;
    readonly missing: readonly ToolPiece[];
  };
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
/** Keys of a message that OpenAI sends only with a value. */
const optional = ['function_call', 'tool_calls', 'annotations', 'audio'];
const failures = ['error', 'abort', 'aborted', 'cancelled'];

/** Starts a choice. `where` is its place in the answer, e.g. `response.choices[0]`; `whole` says that it comes as one message. */
export function createChoice(
  where: string,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
  whole: boolean,
): ChoiceState {
  const tools = createToolTracker(where, report);
  const text: ChoiceText = createChoiceText(where, plan, whole, report);
  let started = false;
  let finished = false;
  let legacyCall = false;
  const mustCall = plan.tools.mode === 'required' || plan.tools.mode === 'named';
  /** The text so far, where it is judged at the end. */
  let said = '';
  let refused = false;

  const readReason = (given: unknown): FinishReason | undefined => {
    const word = String(given);
    return ownReasons.find((own) => own === word) ?? dialect.finish[word] ?? otherReasons[word];
  };

  const mapReason = (given: unknown): FinishReason => {
    const word = String(given);
    if (failures.includes(word))
      throw refuseAnswer(`the endpoint ended the answer with finish_reason "${word}"`, 'upstream_failed');
    let reason = readReason(word);
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

  /** Lets calls through that the request allows: of the named function, and one where it wants one. */
  const admitPieces = (pieces: readonly ToolPiece[]): readonly ToolPiece[] => {
    const { name: wanted } = plan.tools;
    const other = pieces.find(({ function: { name } }) => name !== undefined && name !== wanted)?.function.name;
    if (wanted !== undefined && other !== undefined)
      throw new TextRefusal(
        `the endpoint called "${other}" although tool_choice names "${wanted}"`,
        'tool_choice_not_honoured',
        said,
      );
    if (plan.parallelCalls || !pieces.some(({ index }) => index > 0)) return pieces;
    report.add({
      code: 'tool-calls-trimmed',
      severity: 'info',
      where: `${where}.tool_calls`,
      what: 'calls after the first left out',
      why: 'the request says parallel_tool_calls: false and the endpoint does not hold to it',
      fix: '',
    });
    return pieces.filter(({ index }) => index === 0);
  };

  /** A cut answer is no whole one, whatever the model wrote so far. */
  const isWhole = (given: unknown): boolean => !['length', 'content_filter'].includes(readReason(given) ?? '');

  /** Judges a text that ended at a token limit: without a limit it may have become a call. */
  const judgeCut = (): void => {
    if (!mustCall || tools.count > 0 || legacyCall || said === '') return;
    throw new TextRefusal(
      'the answer reached its token limit before the call that tool_choice asks for: raise max_completion_tokens, or serve the model with a chat template that knows tools',
      'tool_choice_not_honoured',
      said,
    );
  };

  /** Judges a text that the model ended itself. */
  const judge = (): void => {
    if (tools.count > 0 || legacyCall || refused) return;
    if (mustCall)
      throw new TextRefusal(
        'the endpoint answered text although tool_choice asked for a call: serve the model with a chat template that knows tools',
        'tool_choice_not_honoured',
        said,
      );
    const problems = plan.format?.check(said) ?? [];
    if (problems.length === 0) return;
    const what = problems.slice(0, 3).join('; ');
    if (plan.format?.lenient !== true || parseJson(said) === undefined)
      throw new TextRefusal(`the model did not hold to response_format: ${what}`, 'structured_output_invalid', said);
    report.add({
      code: 'structured-output-loose',
      severity: 'lossy',
      where: `${where}.message.content`,
      what: `handed over although ${what}`,
      why: 'the schema is not strict, and the model did not hold to it',
      fix: 'Set strict: true to get an error instead',
    });
  };

  /** Writes what the text turned out to be into a delta; without a content of its own it gets one only when there is text. */
  const putText = (out: Record<string, unknown>, read: ReadContent): void => {
    const content = `${typeof out['content'] === 'string' ? out['content'] : ''}${read.content}`;
    if (mustCall || plan.format !== undefined) said += read.content;
    if (content === '') delete out['content'];
    else out['content'] = content;
    if (read.reasoning !== '') out['reasoning_content'] = `${asText(out['reasoning_content'])}${read.reasoning}`;
    const pieces = admitPieces(
      read.calls.flatMap((call) =>
        tools.accept({ index: tools.count, id: `call_${makeId()}`, type: 'function', function: call }),
      ),
    );
    if (pieces.length > 0) out['tool_calls'] = [...((out['tool_calls'] as ToolPiece[] | undefined) ?? []), ...pieces];
  };

  return {
    accept(delta, ended) {
      const empty = optional.filter((key) => key in delta && delta[key] === null);
      if (empty.length > 0)
        report.add({
          code: 'nulls-dropped',
          severity: 'info',
          where: `${where}.message`,
          what: `${empty.join(', ')}: null left out`,
          why: 'OpenAI leaves out what an answer does not have',
          fix: '',
        });
      let out: Record<string, unknown> = omitKeys(delta, ['role', 'tool_calls', ...empty]);
      if (Array.isArray(delta['content'])) Object.assign(out, splitParts(delta['content'], where, report));
      out = { ...placeReasoning(out, where, plan, report) };
      const first = !started;
      if (first) out['role'] = 'assistant';
      started = true;
      if (isObject(delta['function_call'])) legacyCall = true;
      if (typeof delta['refusal'] === 'string' && delta['refusal'] !== '') refused = true;
      const given = Array.isArray(delta['tool_calls']) && delta['tool_calls'].length > 0 ? delta['tool_calls'] : [];
      if (given.length > 0) {
        const released = text.release();
        if (released.content !== '' || released.calls.length > 0) {
          const own = out['content'];
          delete out['content'];
          putText(out, released);
          if (typeof own === 'string') out['content'] = `${asText(out['content'])}${own}`;
        }
      }
      const { content } = out;
      if (typeof content === 'string' && content !== '') {
        delete out['content'];
        putText(out, text.push(content));
        if (whole) putText(out, text.end(isWhole(ended)));
        if (whole && out['content'] === undefined && tools.count === 0 && given.length === 0) out['content'] = '';
      }
      const pieces = given.flatMap((piece) => tools.accept(piece));
      const all = [...((out['tool_calls'] as ToolPiece[] | undefined) ?? []), ...admitPieces(pieces)];
      delete out['tool_calls'];
      if (all.length > 0) out['tool_calls'] = all;
      // OpenAI's content is null beside calls, and an empty text would make it "" in the SDK's helpers; calls may still come out of the text.
      const mayCall = tools.count > 0 || (!whole && !first && plan.offered.length > 0);
      if (mayCall && out['content'] === '') delete out['content'];
      return out;
    },
    acceptText(content) {
      const out: Record<string, unknown> = {};
      putText(out, text.push(content));
      return out;
    },
    finish(given) {
      finished = true;
      const rest: Record<string, unknown> = {};
      if (!whole) putText(rest, text.end(isWhole(given)));
      const reason = mapReason(given);
      if (reason === 'stop') judge();
      else if (reason === 'length') judgeCut();
      return { reason, rest, missing: admitPieces(tools.close(reason === 'length' || reason === 'content_filter')) };
    },
    get finished() {
      return finished;
    },
  };
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

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value)
    ? value.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('')
    : '';
}
