import type { Engine, EngineCompletion, EngineRequest } from './engine.ts';
import { createStopFilter, cutAtStop } from './stop-filter.ts';
import { createId, writeLogprob } from './wire-shapes.ts';

/** A piece of an answer, ready for the wire. */
export interface Piece {
  readonly text: string;
  readonly toolCalls: ReadonlyArray<{
    index: number;
    id?: string;
    type?: 'function';
    function: { name?: string; arguments: string };
  }>;
  readonly logprobs?: ReadonlyArray<ReturnType<typeof writeLogprob>>;
}

/** A finished answer, ready for the wire. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: string }>;
  readonly logprobs: ReadonlyArray<ReturnType<typeof writeLogprob>>;
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly completion: EngineCompletion;
}

/** Hooks for streaming one answer. */
export interface GenerationEvents {
  readonly onStart?: () => void;
  readonly onPiece?: (piece: Piece) => void;
  readonly signal: AbortSignal;
}

/** Runs one generation: cuts it at stop strings, names its tool calls and collects its log-probabilities. */
export async function generate(engine: Engine, request: EngineRequest, events: GenerationEvents): Promise<Answer> {
  const filter = createStopFilter(request.stop);
  const ids: string[] = [];
  const logprobs: Array<ReturnType<typeof writeLogprob>> = [];
  let pending: Array<ReturnType<typeof writeLogprob>> = [];
  const emit = (text: string, toolCalls: Piece['toolCalls']) => {
    if (text === '' && toolCalls.length === 0) return;
    events.onPiece?.({ text, toolCalls, ...(request.topLogprobs > 0 ? { logprobs: pending } : {}) });
    pending = [];
  };
  const completion = await engine.complete(request, {
    signal: events.signal,
    ...(events.onStart ? { onStart: events.onStart } : {}),
    onDelta: (delta) => {
      if (delta.chances) {
        // The binding names the candidates, not the one it took; the text tells which it was.
        const taken = delta.chances.find(({ text }) => text === delta.text) ?? delta.chances[0];
        const entry = writeLogprob(delta.chances, taken);
        logprobs.push(entry);
        pending.push(entry);
      }
      const calls = delta.toolCalls.map(({ index, name, arguments: text }): Piece['toolCalls'][number] => {
        if (name === undefined) return { index, function: { arguments: text } };
        const id = (ids[index] ??= createId());
        return { index, id, type: 'function', function: { name, arguments: text } };
      });
      emit(filter.push(delta.text), calls);
    },
  });
  emit(filter.flush(), []);
  return {
    text: cutAtStop(completion.text, request.stop),
    toolCalls: completion.toolCalls.map((call, index) => ({ id: (ids[index] ??= createId()), ...call })),
    logprobs,
    finish: completion.finish === 'length' ? 'length' : completion.toolCalls.length > 0 ? 'tool_calls' : 'stop',
    completion,
  };
}
