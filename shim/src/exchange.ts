import { isObject, parseJson, type WireObject } from './wire.ts';

/** Where a recording comes from: real traffic, a vendor's documentation, or made up to a vendor's documented shape. */
export type Provenance = 'recorded' | 'documented' | 'synthetic';

/**
 * What a source may not have kept: when the pieces came (all at 0), the bytes (written again from parsed JSON), the answer's headers,
 * the status (200 is assumed), the date (that of the import stands for it).
 */
export type Lack = 'timing' | 'bytes' | 'headers' | 'status' | 'date';

/** One request and the raw answer to it; a recording file holds one JSON object of this shape a line. */
export interface Exchange {
  readonly v: 1;
  readonly id: string;
  /** ISO 8601 with milliseconds, UTC. */
  readonly recordedAt: string;
  readonly provenance: Provenance;
  /** Target id the answer came from, e.g. `openai`. */
  readonly target: string;
  readonly model: string | null;
  /** Tag of the call site, when the app gave one. */
  readonly callSite: string | null;
  /** SDK name and version that made the request, e.g. `openai@7.57.0`. */
  readonly sdk: string | null;
  /** Which asking of the same request this is, from 1: the app's own call has none. */
  readonly repeat?: number;
  /** Id of the app's own exchange whose request was asked again. */
  readonly of?: string;
  /** What the source of an imported exchange did not keep; nothing may be read into it. */
  readonly lacks?: readonly Lack[];
  readonly request: {
    readonly method: string;
    /** Path below the base URL, e.g. `/chat/completions`. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Raw bytes as they arrived: milliseconds since the request was sent, base64. */
    readonly chunks: ReadonlyArray<readonly [ms: number, base64: string]>;
  };
}

/** Thrown for a recording line that is none; the message says where and what is missing. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

/** Writes an exchange as one line of a recording file, without the line end. */
export function encodeExchange(exchange: Exchange): string {
  return JSON.stringify(exchange);
}

/** Reads one line of a recording file. `place` (e.g. `chat.jsonl:12`) starts the message of the `ExchangeError` it throws. */
export function parseExchange(line: string, place: string): Exchange {
  const value = parseJson(line);
  if (!isObject(value)) throw new ExchangeError(`${place}: not a JSON object; a recording holds one exchange a line`);
  if (value['v'] !== 1) throw new ExchangeError(`${place}: v is ${JSON.stringify(value['v'])}; this version reads v 1`);
  const { request, response } = value;
  const problem =
    firstWrong(
      value,
      {
        id: isText,
        recordedAt: isDate,
        target: isText,
        model: isTextOrNull,
        callSite: isTextOrNull,
        sdk: isTextOrNull,
      },
      '',
    ) ??
    firstWrong(value, { repeat: isRepeat, of: isOptionalText, lacks: isLacks }, '') ??
    (value['repeat'] === undefined || value['of'] !== undefined ? undefined : 'of is missing beside repeat') ??
    (provenances.some((known) => known === value['provenance'])
      ? undefined
      : `provenance must be ${provenances.join(', ')}`) ??
    (isObject(request)
      ? firstWrong(request, { method: isText, path: isText, headers: isTexts }, 'request.')
      : 'request is missing') ??
    (isObject(response)
      ? firstWrong(response, { status: isStatus, headers: isTexts, chunks: isChunks }, 'response.')
      : 'response is missing') ??
    (isObject(request) && 'body' in request ? undefined : 'request.body is missing (null where there is none)');
  if (problem !== undefined) throw new ExchangeError(`${place}: ${problem}`);
  return value as unknown as Exchange;
}

/** Reads a recording file's text; empty lines do not count. Throws `ExchangeError` with file and line. */
export function parseExchanges(text: string, file: string): Exchange[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseExchange(line, `${file}:${index + 1}`)]));
}

/** Writes what identifies a request, alike for equal requests whatever the order of their keys: method, path and body. */
export function keyRequest({ method, path, body }: Pick<Exchange['request'], 'method' | 'path' | 'body'>): string {
  return `${method.toUpperCase()} ${path} ${JSON.stringify(sortKeys(body))}`;
}

/** Reads the bytes of a recorded answer, in the order they arrived. */
export function readResponseBytes({ chunks }: Pick<Exchange['response'], 'chunks'>): Uint8Array {
  const parts = chunks.map(([, base64]) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads the text of a recorded answer. */
export function readResponseText(response: Pick<Exchange['response'], 'chunks'>): string {
  return new TextDecoder().decode(readResponseBytes(response));
}

const provenances: readonly Provenance[] = ['recorded', 'documented', 'synthetic'];

type Check = readonly [wanted: string, holds: (value: unknown) => boolean];
const isText: Check = ['a text that is not empty', (value) => typeof value === 'string' && value !== ''];
const isTextOrNull: Check = ['a text or null', (value) => value === null || typeof value === 'string'];
const isDate: Check = ['an ISO date', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))];
const isStatus: Check = [
  'an HTTP status',
  (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
];
const isRepeat: Check = [
  'a whole number from 1',
  (value) => value === undefined || (Number.isInteger(value) && Number(value) >= 1),
];
const isOptionalText: Check = [isText[0], (value) => value === undefined || isText[1](value)];
const lacks: readonly Lack[] = ['timing', 'bytes', 'headers', 'status', 'date'];
const isLacks: Check = [
  `a list of ${lacks.join(', ')}`,
  (value) =>
    value === undefined || (Array.isArray(value) && value.every((item) => lacks.some((known) => known === item))),
];
const isTexts: Check = [
  'an object of texts',
  (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
];
const isChunks: Check = [
  'a list of [ms, base64]',
  (value) =>
    Array.isArray(value) &&
    value.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === 'number' && isBase64(item[1])),
];

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function firstWrong(holder: WireObject, checks: Readonly<Record<string, Check>>, prefix: string): string | undefined {
  const wrong = Object.entries(checks).find(([key, [, holds]]) => !holds(holder[key]));
  return wrong === undefined ? undefined : `${prefix}${wrong[0]} must be ${wrong[1][0]}`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
