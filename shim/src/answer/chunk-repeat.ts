import { type ChatChunk, type ChunkChoice, isObject, parseJson, type WireObject } from '../wire.ts';

/** Knows the last chunk that held nothing but text, so that one which differs from it by its text alone costs a scan, not a parse. */
export interface ChunkRepeat {
  /**
   * The chunks of an event that differs from the last plain one by its text alone; `undefined` when it must be read.
   * `accept` takes the text for the choice of that index and returns what its delta becomes.
   */
  repeat(data: string, accept: (index: number, text: string) => WireObject): readonly ChatChunk[] | undefined;
  /** Remembers an event and the one chunk it became, where they hold nothing but text. */
  learn(data: string, given: WireObject, chunk: ChatChunk): void;
}

interface Plain {
  /** What stands before and after the text, quotes included. */
  readonly head: string;
  readonly tail: string;
  readonly chunk: ChatChunk;
  readonly choice: ChunkChoice;
  /** The keys of the delta beside its text, all null. */
  readonly nulls: WireObject;
}

/** Endpoints that write something new into each chunk (a time, padding) are not tried for ever. */
const mostMisses = 8;
/** Starts with nothing known. */
export function createChunkRepeat(): ChunkRepeat {
  let plain: Plain | undefined;
  let misses = 0;

  return {
    repeat(data, accept) {
      const text = plain === undefined ? undefined : readText(data, plain);
      if (plain === undefined || text === undefined) return undefined;
      misses = 0;
      const { chunk, choice, nulls } = plain;
      const delta = { ...nulls, ...accept(choice.index, text) };
      return Object.keys(delta).length === 0 ? [] : [{ ...chunk, choices: [{ ...choice, delta }] }];
    },
    learn(data, given, chunk) {
      if (misses >= mostMisses) return;
      plain = readPlain(data, given, chunk);
      if (plain !== undefined) misses += 1;
    },
  };
}

function readText(data: string, { head, tail }: Plain): string | undefined {
  const length = data.length - head.length - tail.length;
  if (length <= 0 || !data.startsWith(head) || !data.endsWith(tail)) return undefined;
  const raw = data.slice(head.length, head.length + length);
  // A text that is printed as it stands has nothing in it that JSON writes otherwise.
  const text = JSON.stringify(raw).length === raw.length + 2 ? raw : parseJson(`"${raw}"`);
  return typeof text === 'string' ? text : undefined;
}

function readPlain(data: string, given: WireObject, chunk: ChatChunk): Plain | undefined {
  const [choice] = chunk.choices;
  const delta = given['delta'];
  if (choice === undefined || choice.finish_reason !== null || choice.logprobs !== null || !isObject(delta))
    return undefined;
  const { content, ...nulls } = choice.delta;
  if (typeof content !== 'string' || content === '' || content !== delta['content']) return undefined;
  if (Object.values(nulls).some((value) => value !== null)) return undefined;
  const isPlain = Object.entries(delta).every(([key, value]) => key === 'content' || key === 'role' || value === null);
  const text = JSON.stringify(content);
  const at = data.lastIndexOf(text);
  if (!isPlain || at === -1) return undefined;
  const head = data.slice(0, at + 1);
  const tail = data.slice(at + text.length - 1);
  // The same text may stand elsewhere in the event: only a look at what another one would become tells.
  return readContent(`${head}?${tail}`) === '?' && content !== '?' ? { head, tail, chunk, choice, nulls } : undefined;
}

function readContent(data: string): unknown {
  const event = parseJson(data);
  const choices = isObject(event) ? event['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const delta = isObject(choice) ? choice['delta'] : undefined;
  return isObject(delta) ? delta['content'] : undefined;
}
