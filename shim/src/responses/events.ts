import { type ChatChunk, type ChunkChoice, isObject, type WireError, type WireObject } from '../wire.ts';
import { type CallWriter, createCallWriter, type FinishedCall } from './call-events.ts';
import type { Emit, ResponseEvent } from './event.ts';
import { type Item, makeItemId } from './item.ts';
import { createPartWriter, type PartWriter } from './part-events.ts';
import { addUsage, writeUsage } from './response.ts';
import type { ToolOffer } from './tools.ts';

/**
 * Turns chat chunks into the events of a Responses stream, in OpenAI's order: an item opens, its parts follow one another, it closes before the next
 * opens. A caller without `stream` gets the last event's response: there is one way to make an answer.
 */
export interface ResponseWriter {
  /** `response.created` and `response.in_progress`. */
  begin(): ResponseEvent[];
  push(chunk: ChatChunk): ResponseEvent[];
  /** Closes what is open after the last chunk of a chat answer; `calls` are those of built-in tools, to be run. */
  endRound(): { readonly events: ResponseEvent[]; readonly calls: readonly FinishedCall[] };
  /** Adds the item of a built-in tool that has run. */
  addItem(item: WireObject & { readonly type: string }): ResponseEvent[];
  /** `response.completed`, or `response.incomplete` where the answer was cut. */
  complete(): ResponseEvent[];
  /** `error` and `response.failed`. */
  fail(error: WireError): ResponseEvent[];
  /** The response as it ended, or as it began while it goes on. */
  readonly final: WireObject;
  /** Calls of the app's own functions in the output: it is the app's turn. */
  readonly awaitsApp: boolean;
}

/** Starts the writer of one response. `initial` is the response at its start. */
export function createResponseWriter(
  initial: WireObject,
  offer: Pick<ToolOffer, 'custom' | 'builtIn'>,
  wantsLogprobs: boolean,
): ResponseWriter {
  let sequence = 0;
  let events: ResponseEvent[] = [];
  const output: Item[] = [];
  let usage: WireObject | null = null;
  let moderation: WireObject | undefined;
  let finish: string | null = null;
  let awaitsApp = false;
  let final = initial;
  let part: PartWriter | undefined;
  let calls: CallWriter | undefined;
  /** Text that came while a call was open: items do not overlap. */
  const held: Array<() => void> = [];

  const emit: Emit = (type, fields) => {
    events.push({ type, sequence_number: sequence, ...fields });
    sequence += 1;
  };
  const flush = (): ResponseEvent[] => {
    const out = events;
    events = [];
    return out;
  };
  const place = (item: Item): number => output.push(item) - 1;
  const settle = (index: number, item: Item): void => {
    output[index] = item;
  };

  const snapshot = (change: WireObject): WireObject => ({
    ...initial,
    output: [...output],
    usage,
    ...(moderation === undefined ? {} : { moderation }),
    ...change,
  });
  const closePart = (status: 'completed' | 'incomplete'): void => {
    part?.close(status);
    part = undefined;
  };
  const closeCalls = (status: 'completed' | 'incomplete'): readonly FinishedCall[] => {
    const finished = calls?.close(status) ?? [];
    calls = undefined;
    for (const release of held.splice(0)) release();
    return finished;
  };
  /** Text of an open item goes on; of another kind, a new item opens. */
  const write = (kind: 'reasoning' | 'message', text: string, refusal: boolean, logprobs: readonly unknown[]): void => {
    if (calls?.release() === false) {
      held.push(() => write(kind, text, refusal, logprobs));
      return;
    }
    if (part !== undefined && part.kind !== kind) closePart('completed');
    part ??= createPartWriter(kind, emit, place, settle);
    part.write(text, refusal, logprobs);
  };

  const readChoice = ({ delta, finish_reason: reason, logprobs }: ChunkChoice): void => {
    const tokens = wantsLogprobs && isObject(logprobs) && Array.isArray(logprobs['content']) ? logprobs['content'] : [];
    const { reasoning_content: reasoning, content, refusal, tool_calls: pieces } = delta;
    if (typeof reasoning === 'string' && reasoning !== '') write('reasoning', reasoning, false, []);
    if ((typeof content === 'string' && content !== '') || tokens.length > 0)
      write('message', typeof content === 'string' ? content : '', false, tokens);
    if (typeof refusal === 'string' && refusal !== '') write('message', refusal, true, []);
    if (Array.isArray(pieces) && pieces.length > 0) {
      closePart('completed');
      calls ??= createCallWriter(offer, emit, place, settle);
      for (const piece of pieces) calls.push(piece as WireObject);
    }
    finish = reason ?? finish;
  };

  return {
    begin() {
      emit('response.created', { response: snapshot({}) });
      emit('response.in_progress', { response: snapshot({}) });
      return flush();
    },
    push({ choices, usage: counted, moderation: judged }) {
      moderation = judged ?? moderation;
      for (const choice of choices) if (choice.index === 0) readChoice(choice);
      if (isObject(counted)) usage = addUsage(usage, writeUsage(counted));
      return flush();
    },
    endRound() {
      const cut = finish === 'length' || finish === 'content_filter';
      // A text may follow the calls of one turn: whichever is open closes last.
      const finished = closeCalls(cut && part === undefined ? 'incomplete' : 'completed');
      closePart(cut ? 'incomplete' : 'completed');
      awaitsApp ||= finished.some(({ isBuiltIn }) => !isBuiltIn);
      if (output.length === 0 && finished.length === 0 && !cut) {
        // OpenAI's answer of no words is a message of no words.
        write('message', '', false, []);
        closePart('completed');
      }
      return { events: flush(), calls: cut ? [] : finished.filter(({ isBuiltIn }) => isBuiltIn) };
    },
    addItem(fields) {
      const item: Item = { ...fields, id: makeItemId(fields.type) };
      const index = place(item);
      const name = `response.${fields.type}`;
      emit('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress' } });
      emit(`${name}.in_progress`, { output_index: index, item_id: item.id });
      emit(`${name}.completed`, { output_index: index, item_id: item.id });
      emit('response.output_item.done', { output_index: index, item });
      return flush();
    },
    complete() {
      const reason =
        finish === 'length' ? 'max_output_tokens' : finish === 'content_filter' ? 'content_filter' : undefined;
      final =
        reason === undefined
          ? snapshot({ status: 'completed', completed_at: Math.floor(Date.now() / 1000) })
          : snapshot({ status: 'incomplete', incomplete_details: { reason } });
      emit(`response.${String(final['status'])}`, { response: final });
      return flush();
    },
    fail({ message, type, param, code }) {
      closeCalls('incomplete');
      closePart('incomplete');
      emit('error', { error: { type, code, message, param } });
      emit('response.failed', {
        response: snapshot({ status: 'failed', error: { code: nameFailure(code), message } }),
      });
      return flush();
    },
    get final() {
      return final;
    },
    get awaitsApp() {
      return awaitsApp;
    },
  };
}

/** The codes a failed response may carry that chat endpoints can cause. Source: openai@7.57.0 resources/responses, checked 2026-11-23. */
function nameFailure(code: string | null): string {
  return code === 'rate_limit_exceeded' || code === 'invalid_prompt' ? code : 'server_error';
}
