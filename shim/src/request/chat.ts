import { countPromptWords } from '../answer/prompt-cut.ts';
import type { ReasoningPlace } from '../config.ts';
import type { Dialect } from '../dialect.ts';
import type { FormatPlan } from '../emulate/describe-format.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';
import { applyParams } from './params.ts';
import { adaptMessages } from './messages.ts';
import { adaptTools, listOffered, type OfferedTool } from './tools.ts';
import { adaptToolChoice, type ToolPlan } from './tool-choice.ts';

/** What the answer's passes need to know of a chat request. */
export interface ChatPlan {
  readonly stream: boolean;
  /** The caller asked for usage in the stream. */
  readonly wantsUsage: boolean;
  readonly requestedModel: string;
  /** Alternatives the caller asked for per token; `undefined` when none were asked for. */
  readonly topLogprobs: number | undefined;
  readonly tools: ToolPlan;
  /** Tools whose calls may be read from text; none where the caller asked for text or JSON. */
  readonly offered: readonly OfferedTool[];
  /** False where the caller wants one call at most. */
  readonly parallelCalls: boolean;
  readonly reasoning: ReasoningPlace;
  /** Words that an endpoint must count at least one token for. */
  readonly promptWords: number;
  /** What the text has to be where the caller asked for JSON. */
  readonly format?: FormatPlan;
  /** A reply in words comes in a form of its own: the endpoint holds the whole answer to JSON. */
  readonly replies?: boolean;
}

/** A chat request in the endpoint's words: one body for each request to send. */
export interface ChatTranslation {
  readonly bodies: readonly WireObject[];
  readonly plan: ChatPlan;
}

/** Translates a chat request; the input stays untouched. `model` is the name at the endpoint. Throws a `Refusal`. */
export function translateChat(
  input: WireObject,
  model: string,
  dialect: Dialect,
  report: Report,
  reasoning: ReasoningPlace = 'reasoning_content',
): ChatTranslation {
  const stream = input['stream'] === true;
  const streamOptions = isObject(input['stream_options']) ? input['stream_options'] : {};
  // The choice is read in OpenAI's words, before a parameter's rule puts it into the endpoint's.
  const choice = adaptToolChoice({ ...input, model }, dialect, report);
  let body = adaptTools(choice.body, dialect, report);
  body = adaptMessages(applyParams(body, dialect.chat.params, report), dialect, report);
  if (stream && dialect.chat.askStreamUsage !== undefined)
    body = { ...body, stream_options: { ...streamOptions, include_usage: true } };
  return {
    bodies: fanOut(body, dialect, report),
    plan: {
      stream,
      wantsUsage: streamOptions['include_usage'] === true,
      requestedModel: typeof input['model'] === 'string' ? input['model'] : model,
      topLogprobs: input['logprobs'] === true ? Number(input['top_logprobs'] ?? 0) : undefined,
      tools: choice.plan,
      offered: listOffered(input, choice.plan, body['tools']),
      parallelCalls: input['parallel_tool_calls'] !== false,
      reasoning,
      promptWords: countPromptWords(input),
    },
  };
}

function fanOut(body: WireObject, { chat }: Dialect, report: Report): readonly WireObject[] {
  const n = body['n'];
  if (chat.fanOut === undefined || typeof n !== 'number' || n === 1)
    return [chat.fanOut === undefined ? body : omitKeys(body, ['n'])];
  report.add({
    code: 'n-fanned-out',
    severity: 'info',
    where: 'request.n',
    what: `sent as ${n} requests`,
    why: chat.fanOut.because,
    fix: '',
  });
  const one = omitKeys(body, ['n']);
  const { seed } = one;
  // The same seed would give the same answer n times.
  return Array.from({ length: n }, (_, index) => (typeof seed === 'number' ? { ...one, seed: seed + index } : one));
}
