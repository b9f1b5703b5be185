import type { ToolTextReader } from '../answer/tool-text.ts';
import { isObject, parseJson } from '../wire.ts';

const opening = /^\s*\{\s*"reply"\s*:\s*/;
const compactOpening = '{"reply":';
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/**
 * Reads answers to the instruction "a call, or `{"reply": …}`": the reply comes out as the text it is, piece by piece; a reply that is
 * no text comes out as JSON. Whatever else the text is goes to `next`.
 */
export function createReplyReader(next: ToolTextReader): ToolTextReader {
  let mode: 'start' | 'text' | 'value' | 'done' | 'other' = 'start';
  let buffer = '';

  /** Decodes what is whole of a JSON text; a cut escape stays in the buffer. */
  const readText = (): string => {
    let out = '';
    let at = 0;
    while (at < buffer.length) {
      const char = buffer[at] as string;
      if (char === '"') {
        mode = 'done';
        buffer = '';
        return out;
      }
      if (char !== '\\') {
        out += char;
        at += 1;
        continue;
      }
      const code = buffer[at + 1];
      if (code === undefined || (code === 'u' && buffer.length < at + 6)) break;
      if (code === 'u') {
        out += String.fromCharCode(Number.parseInt(buffer.slice(at + 2, at + 6), 16));
        at += 6;
      } else {
        out += escapes[code] ?? code;
        at += 2;
      }
    }
    buffer = buffer.slice(at);
    return out;
  };

  const decide = (): void => {
    const found = opening.exec(buffer)?.[0];
    const first = found === undefined ? undefined : buffer[found.length];
    if (found !== undefined && first !== undefined) {
      mode = first === '"' ? 'text' : 'value';
      if (mode === 'text') buffer = buffer.slice(found.length + 1);
    } else if (found === undefined && !compactOpening.startsWith(buffer.replace(/\s+/g, ''))) mode = 'other';
  };

  const pass = (): { text: string; calls: ReturnType<ToolTextReader['push']>['calls'] } => {
    const text = buffer;
    buffer = '';
    return { ...next.push(text) };
  };

  return {
    push(text) {
      buffer += text;
      if (mode === 'start') decide();
      if (mode === 'text') return { text: readText(), calls: [] };
      if (mode === 'other') return pass();
      return { text: '', calls: [] };
    },
    end() {
      if (mode === 'value') {
        const value = parseJson(buffer);
        if (isObject(value)) return { text: JSON.stringify(value['reply']), calls: [] };
      }
      if (mode === 'text' || mode === 'done') return { text: '', calls: [] };
      const first = pass();
      const rest = next.end();
      return { text: first.text + rest.text, calls: [...first.calls, ...rest.calls] };
    },
  };
}
