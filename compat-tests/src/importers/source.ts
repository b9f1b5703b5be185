import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { parse } from 'yaml';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import type { Found, Skipped } from './found.ts';

/** A file to import, read as whatever it is: each reading is made once, when it is asked for. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** As one JSON value; `undefined` when it is none. */
  readonly json: () => unknown;
  /** As one JSON object a line; empty when a line is none. */
  readonly lines: () => readonly JsonObject[];
  /** As YAML; `undefined` when it is none. */
  readonly yaml: () => unknown;
}

/** Reads one format. */
export interface Importer {
  readonly id: string;
  /** What the format is, and what it does not keep. */
  readonly summary: string;
  readonly detects: (source: Source) => boolean;
  readonly read: (source: Source) => Iterable<Found | Skipped>;
}

/** Opens a text for the importers. */
export function openSource(name: string, text: string): Source {
  const bare = text.replace(/^\uFEFF/, '');
  return {
    name,
    text: bare,
    json: once(() => parseJson(bare)),
    lines: once(() => readLines(bare)),
    yaml: once(() => {
      try {
        // Cassettes are written as YAML 1.1: binary bodies, yes and no. The limit of aliases keeps a small file from becoming a huge one.
        return parse(bare, {
          version: '1.1',
          maxAliasCount: 10_000,
          logLevel: 'silent',
          customTags: (tags) => [...tags, rubyBinary],
        }) as unknown;
      } catch {
        return undefined;
      }
    }),
  };
}

/** Ruby writes bytes under a tag of its own. */
const rubyBinary = {
  tag: '!binary',
  resolve: (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64')),
};

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function readLines(text: string): readonly JsonObject[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0 || !lines[0]?.trimStart().startsWith('{')) return [];
  const read = lines.map(parseJson);
  return read.every(isObject) ? read : [];
}

/** Reads a log's records, whether they come as lines, as a list, or as a page of an API with `data`. */
export function readRecords(source: Source): readonly JsonObject[] {
  const json = source.json();
  const list = Array.isArray(json) ? json : isObject(json) && Array.isArray(json['data']) ? json['data'] : undefined;
  if (list !== undefined) return list.filter(isObject);
  if (isObject(json)) return [json];
  return source.lines();
}

/** Writes a text as bytes. */
export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Undoes a content encoding; the bytes as they are where they are not in it, as some recorders undo it and leave the header. */
export function decodeBody(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  const decode = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[
    encoding ?? ''
  ];
  if (decode === undefined) return bytes;
  try {
    return new Uint8Array(decode(bytes));
  } catch {
    return bytes;
  }
}

/** Reads a recorded request body: JSON where it is, else text; bytes that are no text are left out. */
export function readBody(body: unknown): unknown {
  if (body === undefined || body === null || body === '') return null;
  if (body instanceof Uint8Array) {
    try {
      return readBody(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch {
      return null;
    }
  }
  return typeof body === 'string' ? (parseJson(body) ?? body) : body;
}

/** Leaves out what described the recorded connection. */
export function dropEncoding(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-encoding': _e, 'transfer-encoding': _t, 'content-length': _l, ...kept } = headers;
  return kept;
}
