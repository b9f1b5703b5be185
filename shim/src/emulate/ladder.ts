import { splitCompletion } from '../answer/completion.ts';
import { RecoveredAnswer } from '../answer/failed-generation.ts';
import type { ChunkBatches } from '../answer/stream.ts';
import type { Call } from '../call.ts';
import type { Dialect } from '../dialect.ts';
import { Refusal, TextRefusal } from '../refusal.ts';
import type { ChatChunk, WireObject } from '../wire.ts';
import { chooseForm, type ChatForm, readWants, recall, type Wants } from './form.ts';
import { addCorrection } from './instruction.ts';
import { lookForTools } from './probe.ts';
import { readLack } from './refused.ts';
import { type ShapedRequest, shapeRequest } from './shape.ts';

/** A chat answer in OpenAI’s shape that is not written yet: whole, or in chunks as they arrive. */
export type ChatAnswer =
  | { readonly upstream: Headers; readonly completion: WireObject }
  | {
      readonly upstream: Headers;
      readonly chunks: ChunkBatches;
      readonly wantsUsage: boolean;
      /** Frees the connections when nobody reads on. */
      readonly stop: () => void;
    };

/** Sends a request in one form and reads its answer. Throws a `Refusal`, or a `RecoveredAnswer`. */
type Send = (call: Call, shaped: ShapedRequest) => Promise<ChatAnswer>;

/** One try: the request as the caller meant it, with what it has to be told, and the form it goes out in. */
interface Try {
  readonly body: WireObject;
  readonly form: ChatForm;
  /** Why tools are described. */
  readonly why: string;
  /** The model has been told what was wrong; it is told once. */
  readonly told: boolean;
}

/** More steps than a request can take: three forms of a response format, two of tools, one correction. */
const maxTries = 6;

/**
 * Gets an answer that has what the request asked for: in the endpoint's own fields, else described to the model, else an error that says why.
 * Losing tools, a forced call or a response format is never an answer. Throws a `Refusal`.
 */
export async function climbLadder(call: Call, input: WireObject, send: Send): Promise<ChatAnswer> {
  const wants = readWants(input);
  const learnt = recall(call.baseURL, call.model);
  const { chat } = call.dialect;
  const why = chat.describeTools?.because ?? 'the endpoint or its model has no tools';
  // A stream cannot be taken back once its text has gone out.
  if (wants.stream && wants.tools !== 'none') await lookForTools(call, false);
  let next: Try = { body: input, form: chooseForm(wants, learnt, call.dialect), why, told: false };
  for (let tries = 1; ; tries += 1) {
    const current: Try = next;
    try {
      const answer = await send(call, shapeRequest(current.body, current.form, current.why, call.dialect, call.report));
      if ('chunks' in answer) return wants.tools === 'none' ? answer : guardStream(call, answer, wants, current, send);
      if (!hasCalls(answer.completion) && wants.describable && current.form.tools === 'native') {
        await lookForTools(call, showsItself(call.dialect, answer.upstream));
        if (learnt.tools === false) {
          next = describe(current, chat.silentTools?.because ?? why);
          continue;
        }
      }
      return answer;
    } catch (error) {
      if (error instanceof RecoveredAnswer) return asAnswer(error.completion, wants, input);
      if (!(error instanceof Refusal)) throw error;
      const step = tries < maxTries ? await takeStep(call, wants, current, error) : undefined;
      if (step === undefined) throw error;
      next = step;
    }
  }
}

function showsItself({ signs }: Dialect, upstream: Headers): boolean {
  return Object.entries(signs.headers ?? {}).some(([name, pattern]) => pattern.test(upstream.get(name) ?? ''));
}

/** Chooses what to try after a refusal; `undefined` when nothing is left. */
async function takeStep(call: Call, wants: Wants, current: Try, refusal: Refusal): Promise<Try | undefined> {
  const learnt = recall(call.baseURL, call.model);
  const { form } = current;
  const native = form.tools === 'native' && wants.describable;
  if (refusal instanceof TextRefusal) {
    if (refusal.fault === 'tool_choice_not_honoured' && native) {
      return { ...describe(current, 'the endpoint does not hold to tool_choice'), told: true };
    }
    if (current.told || wants.stream) return undefined;
    return tell(current, refusal, wants);
  }
  const lack = readLack(refusal);
  if (lack === undefined) return undefined;
  const why = `the endpoint says: ${refusal.error.message.slice(0, 160)}`;
  if (lack === 'format') {
    const asked = wants.format !== 'none' || form.tools === 'described';
    if (!asked || form.format === 'described') return undefined;
    learnt.format = form.format === 'schema' && wants.format !== 'json_object' ? 'object' : 'described';
    return { ...current, form: { ...form, format: learnt.format } };
  }
  if (!native) return undefined;
  learnt.lacks.add(lack);
  return describe(current, why);
}

function describe(current: Try, why: string): Try {
  return { ...current, form: { ...current.form, tools: 'described' }, why };
}

function tell(current: Try, { said, fault, message }: TextRefusal, wants: Wants): Try {
  const text =
    fault === 'tool_choice_not_honoured'
      ? 'That was no function call. Call one of the functions now, in the form you were told, and write nothing else.'
      : `That does not fit: ${message}. Answer again with JSON that fits, and nothing else.`;
  return {
    ...current,
    body: addCorrection(current.body, said, text),
    form: { ...current.form, lenient: !wants.strict },
    told: true,
  };
}

/** Lets a stream be asked again in another form as long as nothing of it has gone out. */
function guardStream(
  call: Call,
  answer: Extract<ChatAnswer, { readonly chunks: unknown }>,
  wants: Wants,
  first: Try,
  send: Send,
): ChatAnswer {
  let open = answer;
  const run = async function* (): ChunkBatches {
    let current = first;
    let head: ChatChunk | undefined;
    for (let tries = 1; ; tries += 1) {
      const held: ChatChunk[] = [];
      let begun = false;
      try {
        for await (const batch of open.chunks) {
          head ??= batch[0];
          begun ||= batch.some(hasSubstance);
          if (begun) yield [...held.splice(0), ...batch];
          else held.push(...batch);
        }
        yield held;
        return;
      } catch (error) {
        if (error instanceof RecoveredAnswer) {
          yield [...held, ...continueWith(error.completion, head)];
          return;
        }
        const step =
          error instanceof Refusal && !begun && tries < maxTries
            ? await takeStep(call, wants, current, error)
            : undefined;
        const next = step ?? (begun || current.told || tries >= maxTries ? undefined : correct(error, current, wants));
        if (next === undefined) {
          if (held.length > 0) yield held;
          throw error;
        }
        current = next;
        const shaped = shapeRequest(next.body, next.form, next.why, call.dialect, call.report);
        const again = await send(call, shaped);
        if (!('chunks' in again)) throw error;
        open = again;
      }
    }
  };
  return { ...answer, chunks: run(), stop: () => open.stop() };
}

/** A call that did not come may be asked for once more: its text was kept back. */
function correct(error: unknown, current: Try, wants: Wants): Try | undefined {
  return error instanceof TextRefusal && error.fault === 'tool_choice_not_honoured'
    ? tell(current, error, wants)
    : undefined;
}

function hasSubstance({ choices }: ChatChunk): boolean {
  return choices.some(
    ({ delta, finish_reason: finish }) =>
      finish !== null || Object.entries(delta).some(([key, value]) => key !== 'role' && value !== null && value !== ''),
  );
}

function hasCalls({ choices }: WireObject): boolean {
  return (choices as ReadonlyArray<{ readonly message: WireObject }>).some(({ message }) => 'tool_calls' in message);
}

function asAnswer(completion: WireObject, wants: Wants, input: WireObject): ChatAnswer {
  const upstream = new Headers();
  if (!wants.stream) return { upstream, completion };
  const options = input['stream_options'] as { readonly include_usage?: unknown } | null | undefined;
  return {
    upstream,
    chunks: (async function* () {
      yield splitCompletion(completion);
    })(),
    wantsUsage: options?.include_usage === true,
    stop: () => undefined,
  };
}

/** Goes on with an answer in a stream that has begun: one id, one role. */
function continueWith(completion: WireObject, head: ChatChunk | undefined): readonly ChatChunk[] {
  const chunks = splitCompletion(completion);
  if (head === undefined) return chunks;
  const { id, created, model } = head;
  return chunks.map((chunk) => ({
    ...chunk,
    id,
    created,
    model,
    choices: chunk.choices.map((choice) => ({
      ...choice,
      delta: Object.fromEntries(Object.entries(choice.delta).filter(([key]) => key !== 'role')),
    })),
  }));
}
