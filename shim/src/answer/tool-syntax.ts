import type { OfferedTool } from '../request/tools.ts';
import { coerceValue } from '../schema/coerce.ts';
import { isObject, parseJson } from '../wire.ts';
import { parsePythonic, type RawCall } from './pythonic.ts';

/** A call of an offered tool, with arguments that fit its schema. */
export interface TextCall {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
  /** Some arguments were texts where the schema asks for another type. */
  readonly coerced: boolean;
}

/**
 * Reads a text that is nothing but calls, in the forms open models write them. `undefined` when any of it is something else:
 * a text taken for a call is worse than a call left as text. `marked` means that a tag around the text already says that it is a call.
 * Sources: https://github.com/ollama/ollama/issues/13519, https://github.com/vllm-project/vllm/issues/16214, https://github.com/groq/groq-typescript/issues/28, checked 2026-11-23.
 */
export function readTextCalls(
  text: string,
  tools: readonly OfferedTool[],
  marked: boolean,
): readonly TextCall[] | undefined {
  const inner = text
    .trim()
    .replace(/^```[a-z_]*\s*\n([\s\S]*?)(?:\n?\s*```)?$/, '$1')
    .trim();
  const raw = readSeries(inner, marked) ?? (marked || inner.startsWith('[') ? parsePythonic(inner) : undefined);
  if (raw === undefined) return undefined;
  const calls = raw.map((call) => matchCall(call, tools));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** Finds the first offered call inside a text that holds more: only for who asked for a call and gets one or an error. */
export function findTextCall(text: string, tools: readonly OfferedTool[]): readonly TextCall[] | undefined {
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) {
    const end = findClose(text, at);
    if (end === -1) continue;
    const calls = readTextCalls(text.slice(at, end), tools, false);
    if (calls !== undefined) return calls;
  }
  return undefined;
}

/** Compares a call with the tools offered; `undefined` when it names none of them, or its arguments do not fit. */
function matchCall({ name, args }: RawCall, tools: readonly OfferedTool[]): TextCall | undefined {
  const tool = tools.find((offered) => offered.name === name);
  if (tool === undefined) return undefined;
  const fits = (value: unknown): boolean => tool.check === undefined || tool.check(value).length === 0;
  if (fits(args)) return { name, arguments: JSON.stringify(args), coerced: false };
  const coerced = tool.schema === undefined ? args : coerceValue(args, tool.schema, tool.schema);
  return fits(coerced) ? { name, arguments: JSON.stringify(coerced), coerced: true } : undefined;
}

/** The end of the bracket that opens at `at`, behind it; -1 when it does not close. */
function findClose(text: string, at: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = at; index < text.length; index += 1) {
    const char = text[index];
    if (quoted) {
      if (char === '\\') index += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

/** JSON objects one after another, between them white space, `;` or `,`; a list counts as its items. */
function readSeries(text: string, marked: boolean): readonly RawCall[] | undefined {
  const calls: RawCall[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] !== '{' && text[at] !== '[') return undefined;
    const end = findClose(text, at);
    const value = end === -1 ? undefined : parseJson(text.slice(at, end));
    if (value === undefined) return undefined;
    for (const item of Array.isArray(value) ? value : [value]) {
      const call = readCall(item, marked);
      if (call === undefined) return undefined;
      calls.push(call);
    }
    at = end + (/^[\s;,]*/.exec(text.slice(end))?.[0].length ?? 0);
  }
  return calls.length > 0 ? calls : undefined;
}

const callKeys = ['name', 'type', 'function', 'parameters', 'arguments', 'id'];

function readCall(value: unknown, marked: boolean): RawCall | undefined {
  if (!isObject(value) || Object.keys(value).some((key) => !callKeys.includes(key))) return undefined;
  if ('type' in value && value['type'] !== 'function') return undefined;
  const { function: held } = value;
  if (isObject(held)) return 'name' in value ? undefined : readCall(held, true);
  const name = value['name'] ?? held;
  const given = value['parameters'] ?? value['arguments'];
  if (typeof name !== 'string' || ('parameters' in value && 'arguments' in value)) return undefined;
  // {"name": "x"} alone is how people answer "what is your name".
  if (given === undefined || given === null) return marked ? { name, args: {} } : undefined;
  const args = typeof given === 'string' ? parseJson(given) : given;
  return isObject(args) ? { name, args } : undefined;
}
