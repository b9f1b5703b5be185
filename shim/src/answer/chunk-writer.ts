import { type ChatChunk, type ChunkChoice, isObject } from '../wire.ts';
import { encodeSse } from './sse.ts';

/** What a chunk's event is made of when only its text differs from one written before. */
interface Written {
  readonly chunk: ChatChunk;
  readonly choice: ChunkChoice;
  readonly head: string;
  readonly tail: string;
}

/** Starts a writer of chunks as events: usage where it was asked for. A chunk that differs from the last by its text alone is not printed anew. */
export function createChunkWriter(wantsUsage: boolean): (chunk: ChatChunk) => string {
  let last: Written | undefined;

  const print = (chunk: ChatChunk, isUsage: boolean): string =>
    encodeSse(JSON.stringify(wantsUsage && !isUsage ? { ...chunk, usage: null } : chunk));

  return (chunk) => {
    const isUsage = chunk.choices.length === 0 && isObject(chunk.usage);
    if (isUsage && !wantsUsage) return '';
    const content = readContent(chunk);
    if (content === undefined) return print(chunk, isUsage);
    if (last === undefined || !isAlike(chunk, last)) last = frame(chunk, (framed) => print(framed, false));
    return `${last.head}${JSON.stringify(content)}${last.tail}`;
  };
}

/** A text that no chunk has: its place in the event is the text's. */
const mark = '\u0000text\u0000';

function frame(chunk: ChatChunk, print: (chunk: ChatChunk) => string): Written {
  const choice = chunk.choices[0] as ChunkChoice;
  const printed = print({ ...chunk, choices: [{ ...choice, delta: { content: mark } }] });
  const [head = '', tail = ''] = printed.split(JSON.stringify(mark));
  return { chunk, choice, head, tail };
}

/** The text of a chunk that has one choice with nothing else in it. */
function readContent({ choices }: ChatChunk): string | undefined {
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) return undefined;
  for (const key in choice.delta) if (key !== 'content') return undefined;
  const { content } = choice.delta;
  return typeof content === 'string' ? content : undefined;
}

function isAlike(chunk: ChatChunk, { chunk: other, choice }: Written): boolean {
  return (
    isSame(chunk as unknown as Values, other as unknown as Values, 'choices') &&
    isSame(chunk.choices[0] as unknown as Values, choice as unknown as Values, 'delta')
  );
}

type Values = Readonly<Record<string, unknown>>;

/** Whether two objects have the same keys and, but for one key, the same values. */
function isSame(one: Values, other: Values, except: string): boolean {
  let count = 0;
  for (const key in one) {
    if (key !== except && (one[key] !== other[key] || !(key in other))) return false;
    count += 1;
  }
  for (const _ in other) count -= 1;
  return count === 0;
}
