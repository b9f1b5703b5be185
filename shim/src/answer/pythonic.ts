import type { WireObject } from '../wire.ts';

/** A call as a text names it, not yet compared with what was offered. */
export interface RawCall {
  readonly name: string;
  readonly args: WireObject;
}

/** Reads calls written as Python, `[f(a="x"), g()]` or `f(a=1)`; `undefined` when the text is anything else. Arguments have names: a place says nothing about which one is meant. */
export function parsePythonic(text: string): readonly RawCall[] | undefined {
  const reader = createReader(text.trim());
  try {
    const calls = reader.readCalls();
    return calls.length > 0 ? calls : undefined;
  } catch (error) {
    if (error instanceof NotPython) return undefined;
    throw error;
  }
}

class NotPython extends Error {}

const words: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
  '/': '/',
  b: '\b',
  f: '\f',
};
const maxDepth = 64;

function createReader(text: string) {
  let at = 0;
  const fail = (): never => {
    throw new NotPython();
  };
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at += 1;
  };
  const take = (sign: string): boolean => {
    skip();
    if (!text.startsWith(sign, at)) return false;
    at += sign.length;
    return true;
  };
  const need = (sign: string): void => {
    if (!take(sign)) fail();
  };
  const match = (pattern: RegExp): string | undefined => {
    skip();
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const readList = (close: string, readItem: () => void): void => {
    while (!take(close)) {
      readItem();
      if (!take(',')) {
        need(close);
        return;
      }
    }
  };
  const readString = (quote: string): string => {
    let out = '';
    for (;;) {
      const char = text[at];
      if (char === undefined || char === '\n') return fail();
      at += 1;
      if (char === quote) return out;
      if (char !== '\\') {
        out += char;
        continue;
      }
      const next = text[at] ?? fail();
      at += 1;
      const hex =
        next === 'u'
          ? /^[\da-fA-F]{4}/.exec(text.slice(at))?.[0]
          : next === 'x'
            ? /^[\da-fA-F]{2}/.exec(text.slice(at))?.[0]
            : undefined;
      if (hex !== undefined) {
        out += String.fromCharCode(Number.parseInt(hex, 16));
        at += hex.length;
      } else out += escapes[next] ?? `\\${next}`;
    }
  };
  const readValue = (depth: number): unknown => {
    if (depth > maxDepth) fail();
    skip();
    const sign = text[at];
    if (sign === '"' || sign === "'") {
      at += 1;
      return readString(sign);
    }
    if (take('[') || take('(')) {
      const close = sign === '[' ? ']' : ')';
      const items: unknown[] = [];
      readList(close, () => items.push(readValue(depth + 1)));
      return items;
    }
    if (take('{')) {
      const entries: Array<[string, unknown]> = [];
      readList('}', () => {
        const key = readValue(depth + 1);
        need(':');
        entries.push([String(key), readValue(depth + 1)]);
      });
      return Object.fromEntries(entries);
    }
    const number = match(/[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?(?![\w.])/);
    if (number !== undefined) return Number(number);
    const word = match(/[A-Za-z]+(?![\w.(])/);
    return word !== undefined && Object.hasOwn(words, word) ? words[word] : fail();
  };
  const readCall = (): RawCall => {
    const name = match(/[A-Za-z_][\w.-]*/) ?? fail();
    need('(');
    const args: Array<[string, unknown]> = [];
    readList(')', () => {
      const key = match(/[A-Za-z_]\w*/) ?? fail();
      need('=');
      if (args.some(([known]) => known === key)) fail();
      args.push([key, readValue(0)]);
    });
    // Llama writes its built-in tools as methods: brave_search.call(query="…").
    return { name: name.replace(/\.call$/, ''), args: Object.fromEntries(args) };
  };
  return {
    readCalls(): RawCall[] {
      const calls: RawCall[] = [];
      if (take('[')) readList(']', () => calls.push(readCall()));
      else
        do calls.push(readCall());
        while (take(';') && (skip(), at < text.length));
      skip();
      return at === text.length ? calls : fail();
    },
  };
}
