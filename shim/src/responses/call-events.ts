import { isObject, parseJson, type WireObject } from '../wire.ts';
import type { Emit } from './event.ts';
import { type Item, makeItemId } from './item.ts';
import type { ToolOffer } from './tools.ts';

/** A call as the model made it. */
export interface FinishedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly args: string;
  /** The shim's hook runs it, not the app. */
  readonly isBuiltIn: boolean;
}

/** Writes the calls of one turn, each whole before the next: a call that another overtakes waits. */
export interface CallWriter {
  /** Takes a piece of a chat stream's `tool_calls`. */
  push(piece: WireObject): void;
  /** Closes the calls that are whole; false when one is still open. */
  release(): boolean;
  close(status: 'completed' | 'incomplete'): readonly FinishedCall[];
}

interface Call {
  readonly id: string;
  readonly name: string;
  args: string;
  /** How much of the arguments has gone out. */
  sent: number;
  index: number | undefined;
  itemId: string;
  done: boolean;
}

/** Opens the calls of one turn. */
export function createCallWriter(
  { custom, builtIn }: Pick<ToolOffer, 'custom' | 'builtIn'>,
  emit: Emit,
  place: (item: Item) => number,
  settle: (index: number, item: Item) => void,
): CallWriter {
  const calls = new Map<number, Call>();
  const inOrder = () => [...calls].sort(([a], [b]) => a - b);

  const make = (call: Call, status: string, args: string): Item =>
    custom.has(call.name)
      ? { id: call.itemId, type: 'custom_tool_call', status, input: args, call_id: call.id, name: call.name }
      : { id: call.itemId, type: 'function_call', status, arguments: args, call_id: call.id, name: call.name };

  const send = (call: Call): void => {
    if (builtIn.has(call.name)) return;
    if (call.index === undefined) {
      call.index = place(make(call, 'in_progress', ''));
      emit('response.output_item.added', { output_index: call.index, item: make(call, 'in_progress', '') });
    }
    // The text of a custom tool stands inside the arguments, readable once they are whole.
    if (custom.has(call.name) || call.args.length === call.sent) return;
    emit('response.function_call_arguments.delta', {
      item_id: call.itemId,
      output_index: call.index,
      delta: call.args.slice(call.sent),
    });
    call.sent = call.args.length;
  };

  const finish = (call: Call, status: 'completed' | 'incomplete'): void => {
    if (call.done) return;
    call.done = true;
    send(call);
    if (call.index === undefined) return;
    const at = { item_id: call.itemId, output_index: call.index };
    let said = call.args;
    if (custom.has(call.name)) {
      said = readCustomInput(call.args);
      if (said !== '') emit('response.custom_tool_call_input.delta', { ...at, delta: said });
      emit('response.custom_tool_call_input.done', { ...at, input: said });
    } else emit('response.function_call_arguments.done', { ...at, arguments: said });
    const item = make(call, status, said);
    settle(call.index, item);
    emit('response.output_item.done', { output_index: call.index, item });
  };

  /** Sends in order: a call goes out once all before it are whole. */
  const advance = (): void => {
    for (const [, call] of inOrder()) {
      if (call.done) continue;
      send(call);
      const later = [...calls.values()].some((other) => other !== call && !other.done);
      if (!later || !isObject(parseJson(call.args))) return;
      finish(call, 'completed');
    }
  };

  return {
    push(piece) {
      const index = Number(piece['index'] ?? 0);
      const fn = isObject(piece['function']) ? piece['function'] : {};
      let call = calls.get(index);
      if (call === undefined) {
        const name = String(fn['name'] ?? '');
        const itemId = makeItemId(custom.has(name) ? 'custom_tool_call' : 'function_call');
        call = { id: String(piece['id']), name, args: '', sent: 0, index: undefined, itemId, done: false };
        calls.set(index, call);
      }
      if (typeof fn['arguments'] === 'string') call.args += fn['arguments'];
      advance();
    },
    release() {
      for (const [, call] of inOrder()) {
        if (call.done) continue;
        if (!isObject(parseJson(call.args))) return false;
        finish(call, 'completed');
      }
      return true;
    },
    close(status) {
      const all = inOrder().map(([, call]) => call);
      const last = all.findLast(({ done }) => !done);
      for (const call of all) finish(call, call === last ? status : 'completed');
      return all.map(({ id, name, args }) => ({ id, name, args, isBuiltIn: builtIn.has(name) }));
    },
  };
}

/** Reads a custom tool's text out of the arguments of the function that stood for it. */
function readCustomInput(args: string): string {
  const value = parseJson(args);
  return isObject(value) && typeof value['input'] === 'string' ? value['input'] : args;
}
