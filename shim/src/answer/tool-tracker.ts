import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isObject, type WireObject } from '../wire.ts';

/** A piece of a tool call as OpenAI streams it: id, type and name once, arguments as text. */
export interface ToolPiece {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** Sorts the pieces of one choice's tool calls. */
export interface ToolTracker {
  /** Takes one piece in whatever shape it came. */
  accept(piece: unknown): ToolPiece[];
  /** Ends the calls: returns what is missing for each to be whole. `cut` means the answer stopped for length. */
  close(cut: boolean): ToolPiece[];
  readonly count: number;
}

interface Call {
  readonly index: number;
  readonly upstreamId: string | undefined;
  readonly upstreamIndex: number | undefined;
  name: string;
  /** The first piece went out; later ones carry arguments only. */
  announced: boolean;
  args: string;
}

/** Starts a tracker: pieces belong to the call with their id, else their index, else to the latest. `where` is the choice's place in the answer. */
export function createToolTracker(where: string, report: Report): ToolTracker {
  const calls: Call[] = [];
  const repair = (what: string, why: string): void =>
    report.add({ code: 'tool-call-repaired', severity: 'info', where: `${where}.tool_calls`, what, why, fix: '' });

  const findCall = (id: string | undefined, index: number | undefined, name: string): Call | undefined => {
    const byId = id === undefined ? undefined : calls.find((call) => call.upstreamId === id);
    if (byId !== undefined && (index === undefined || byId.upstreamIndex === index || name === '')) return byId;
    const latest = index === undefined ? calls.at(-1) : calls.findLast((call) => call.upstreamIndex === index);
    if (latest === undefined) return name === '' && index === undefined ? calls.at(-1) : undefined;
    // A name that comes with another id opens a call, even under an index already taken; without ids it does so once the arguments are whole.
    if (name === '' || latest.name === '') return latest;
    if (id !== undefined) return latest.upstreamId === undefined && latest.name === name ? latest : undefined;
    return latest.name === name && !isJson(latest.args) ? latest : undefined;
  };

  const announce = (call: Call): ToolPiece => {
    call.announced = true;
    const id =
      call.upstreamId === undefined
        ? `call_${makeId()}`
        : call.upstreamId.startsWith('call_')
          ? call.upstreamId
          : `call_${call.upstreamId}`;
    if (id !== call.upstreamId)
      repair(call.upstreamId === undefined ? 'id made' : 'id given the prefix call_', "OpenAI's ids start with call_");
    return { index: call.index, id, type: 'function', function: { name: call.name, arguments: call.args } };
  };

  return {
    accept(piece) {
      if (!isObject(piece)) return [];
      const held = isObject(piece['function']) ? piece['function'] : piece;
      const id =
        typeof piece['id'] === 'string' && piece['id'] !== ''
          ? piece['id']
          : typeof piece['id'] === 'number'
            ? String(piece['id'])
            : undefined;
      const index = typeof piece['index'] === 'number' ? piece['index'] : undefined;
      const name = typeof held['name'] === 'string' ? held['name'] : '';
      const args = readArguments(held, repair);
      const found = findCall(id, index, name);
      const call: Call = found ?? {
        index: calls.length,
        upstreamId: id,
        upstreamIndex: index,
        name,
        announced: false,
        args: '',
      };
      if (found === undefined) {
        calls.push(call);
        if (index !== call.index)
          repair(`index ${index ?? 'missing'} sent as ${call.index}`, 'clients join the pieces of a call by its index');
        if (piece['type'] !== 'function') repair('type set', 'clients ask for the type function');
      } else if (!call.announced) call.name ||= name;
      else if (name !== '' || id !== undefined || 'type' in piece)
        repair('later pieces carry arguments only', 'openai 7 takes a repeated name or id for another call');
      call.args += args;
      if (call.announced) return args === '' ? [] : [{ index: call.index, function: { arguments: args } }];
      return call.name === '' ? [] : [announce(call)];
    },
    close(cut) {
      return calls.flatMap((call) => {
        if (!call.announced) {
          if (cut) return [];
          throw refuseAnswer('the endpoint sent a tool call without a function name', 'invalid_tool_call');
        }
        if (call.args !== '' || cut) return [];
        repair('empty arguments sent as {}', 'arguments are JSON text');
        call.args = '{}';
        return [{ index: call.index, function: { arguments: '{}' } }];
      });
    },
    get count() {
      return calls.length;
    },
  };
}

/** Makes 24 random letters and digits, the form of OpenAI's ids. */
export function makeId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => letters[byte % letters.length]).join('');
}

function readArguments(held: WireObject, repair: (what: string, why: string) => void): string {
  const value = held['arguments'] ?? held['parameters'];
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  repair('arguments written as JSON text', 'the SDK joins them as text');
  return JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
