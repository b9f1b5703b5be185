import type { Exchange } from '../exchange.ts';
import { isObject, parseJson } from '../wire.ts';
import { applyEdits, type Edit } from './edit.ts';
import { namesCredential, namesPersonal } from './kinds.ts';
import { findEdits, type Redaction } from './redact-text.ts';

/** How much went, by kind. */
export type ScrubCounts = Record<string, number>;

/** An exchange whose answer's bytes are not written as text yet. */
export interface RawExchange extends Omit<Exchange, 'response'> {
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly chunks: ReadonlyArray<readonly [ms: number, bytes: Uint8Array]>;
  };
}

/** Headers of an answer that say nothing of the account. */
const keptHeaders =
  /^(content-type|date|retry-after|retry-after-ms|x-should-retry|x-request-id|openai-(processing-ms|version|model)|x-ratelimit-.*|x-migrate-llm-notes)$/;

/** Takes out of an exchange what must not be in a recording, and counts it into `counts`. */
export function redactExchange(exchange: RawExchange, redaction: Redaction, counts: ScrubCounts): RawExchange {
  const text = (value: string): string => redactString(value, redaction, counts);
  const { request, response } = exchange;
  const headers = (given: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, text(value)]));
  return {
    ...exchange,
    model: exchange.model === null ? null : text(exchange.model),
    callSite: exchange.callSite === null ? null : text(exchange.callSite),
    sdk: exchange.sdk === null ? null : text(exchange.sdk),
    request: {
      ...request,
      path: text(request.path),
      headers: headers(request.headers),
      body: redactTree(request.body, redaction, counts),
    },
    response: {
      status: response.status,
      headers: headers(Object.fromEntries(Object.entries(response.headers).filter(([name]) => keptHeaders.test(name)))),
      chunks: redactChunks(response.chunks, redaction, counts),
    },
  };
}

function count(counts: ScrubCounts, edits: readonly Edit[]): void {
  for (const { kind } of edits) counts[kind] = (counts[kind] ?? 0) + 1;
}

/** Short texts in which nothing was found: the ids and names of a stream stand in each of its events. */
const clean = new WeakMap<Redaction, Set<string>>();
const cleanLength = 200;
const cleanCount = 4000;

function redactString(value: string, redaction: Redaction, counts: ScrubCounts): string {
  const known = clean.get(redaction) ?? new Set<string>();
  clean.set(redaction, known);
  if (known.has(value)) return value;
  const edits = findEdits(value, redaction);
  count(counts, edits);
  if (edits.length > 0) return applyEdits(value, edits);
  if (known.size >= cleanCount) known.clear();
  if (value.length <= cleanLength) known.add(value);
  return value;
}

/** Redacts a JSON value: texts, keys, and what a key's name gives away. */
export function redactTree(value: unknown, redaction: Redaction, counts: ScrubCounts, key = ''): unknown {
  if (typeof value === 'string')
    return redactNamed(key, value, redaction, counts) ?? redactString(value, redaction, counts);
  if (typeof value === 'number') {
    const made = redactNumber(key, value, redaction, counts);
    return made ?? value;
  }
  if (Array.isArray(value)) return value.map((item) => redactTree(item, redaction, counts, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      redactString(name, redaction, counts),
      redactTree(item, redaction, counts, name),
    ]),
  );
}

function redactNamed(
  key: string,
  value: string,
  { pseudonyms, keep, patternsOnly = false }: Redaction,
  counts: ScrubCounts,
): string | undefined {
  if (patternsOnly || key === '' || value === '' || /REDACTED[0-9a-f]{24}/.test(value)) return undefined;
  const made = namesCredential(key) ? pseudonyms.name('named', value) : undefined;
  const personal = made === undefined ? namesPersonal(key) : undefined;
  const digits = value.replace(/\D/g, '').length;
  if (made === undefined && (personal === undefined || keep.includes(personal) || digits < 7)) return undefined;
  const kind = personal ?? 'named';
  const makers = { phone: pseudonyms.namePhone, card: pseudonyms.nameCard, ssn: pseudonyms.nameSsn };
  const text = made ?? makers[personal ?? 'phone'](value);
  if (text === value) return value;
  counts[kind] = (counts[kind] ?? 0) + 1;
  return text;
}

/** Card and phone numbers written as numbers stay numbers. */
function redactNumber(key: string, value: number, redaction: Redaction, counts: ScrubCounts): number | undefined {
  if (!Number.isSafeInteger(value) || value < 1e6) return undefined;
  const text = String(value);
  const made =
    redactNamed(key, text, redaction, counts) ?? (text.length >= 15 ? redactString(text, redaction, counts) : text);
  return made === text || !/^\d+$/.test(made) ? undefined : Number(made);
}

type Chunks = RawExchange['response']['chunks'];

/** Redacts an answer's bytes; where nothing must go they stay the bytes that came. */
function redactChunks(chunks: Chunks, redaction: Redaction, counts: ScrubCounts): Chunks {
  const bytes = Buffer.concat(chunks.map(([, part]) => part));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // A sound or a picture: no text to look through.
    return chunks;
  }
  const lines = /(^|\n)(data|event):/.test(text)
    ? redactEvents(text, redaction, counts)
    : [redactWhole(text, redaction, counts)];
  if (lines.every(({ made }) => made === undefined)) return chunks;
  return cutAgain(lines, chunks);
}

/** A stretch of an answer's text, and what stands there instead when it changed. */
interface Stretch {
  readonly text: string;
  readonly made: string | undefined;
}

function redactWhole(text: string, redaction: Redaction, counts: ScrubCounts): Stretch {
  const value = parseJson(text);
  if (value === undefined) {
    const made = redactString(text, redaction, counts);
    return { text, made: made === text ? undefined : made };
  }
  const before = JSON.stringify(value);
  const made = redactTree(value, redaction, counts);
  const changed = JSON.stringify(made) !== before;
  if (changed) dropLogprobs(made, counts);
  return { text, made: changed ? JSON.stringify(made) : undefined };
}

/** A text inside an event, which may be a piece of a longer one. */
interface Leaf {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
  readonly event: number;
  readonly text: string;
}

/** Keys whose texts are whole in each event. */
const wholeKeys =
  /^(id|object|model|type|role|status|system_fingerprint|service_tier|finish_reason|item_id|response_id|call_id|obfuscation|name)$/;

/** Redacts a stream: what its events spell together, and each event by itself. */
function redactEvents(text: string, redaction: Redaction, counts: ScrubCounts): Stretch[] {
  const lines = text.split(/(?<=\n)/);
  const events = lines.map((line) => {
    const data = /^data: ?([[{].*?)\r?\n?$/s.exec(line)?.[1];
    const value = data === undefined ? undefined : parseJson(data);
    return value === undefined ? undefined : { value, before: JSON.stringify(value) };
  });
  const series = new Map<string, Leaf[]>();
  events.forEach((event, index) => event !== undefined && listLeaves(event.value, index, 'event', series));
  for (const leaves of series.values()) redactSeries(leaves, redaction, counts);
  const made = events.map((event) => (event === undefined ? undefined : redactTree(event.value, redaction, counts)));
  const isChanged = events.some((event, index) => event !== undefined && JSON.stringify(made[index]) !== event.before);
  return lines.map((line, index) => {
    const event = events[index];
    if (event === undefined) {
      const plain = redactString(line, redaction, counts);
      return { text: line, made: plain === line ? undefined : plain };
    }
    if (isChanged) dropLogprobs(made[index], counts);
    const after = JSON.stringify(made[index]);
    const end = /\r?\n?$/.exec(line)?.[0] ?? '';
    return { text: line, made: after === event.before ? undefined : `data: ${after}${end}` };
  });
}

/** Collects the texts of an event by where they stand: an item with an index, or of a named item, is the same in every event. */
function listLeaves(value: unknown, event: number, place: string, series: Map<string, Leaf[]>): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown> | unknown[];
  const { type, item_id: item, output_index: output, content_index: content } = value as Record<string, unknown>;
  const here = Array.isArray(value)
    ? place
    : [place, type, item, output, content].filter((part) => part !== undefined).join('/');
  for (const [key, inner] of Object.entries(holder)) {
    if (key === 'logprobs') continue;
    const index = isObject(inner) && typeof inner['index'] === 'number' ? inner['index'] : key;
    const path = `${here}.${index}`;
    if (typeof inner !== 'string') listLeaves(inner, event, path, series);
    else if (!wholeKeys.test(key) && inner !== '') {
      const leaves = series.get(path) ?? [];
      series.set(path, leaves);
      leaves.push({ holder, key, event, text: inner });
    }
  }
}

/** Redacts what pieces spell together; the first piece of a find holds its replacement. */
function redactSeries(leaves: readonly Leaf[], redaction: Redaction, counts: ScrubCounts): void {
  if (leaves.length < 2) return;
  const edits = findEdits(leaves.map(({ text }) => text).join(''), redaction);
  if (edits.length === 0) return;
  count(counts, edits);
  let start = 0;
  for (const { holder, key, text } of leaves) {
    const end = start + text.length;
    let out = '';
    let at = start;
    for (const edit of edits) {
      if (edit.end <= start || edit.start >= end) continue;
      out += text.slice(at - start, Math.max(edit.start, start) - start);
      if (edit.start >= start) out += edit.text;
      at = Math.min(edit.end, end);
    }
    (holder as Record<string | number, unknown>)[key] = out + text.slice(at - start);
    start = end;
  }
}

/** The tokens of a text that lost something spell what it lost. */
function dropLogprobs(value: unknown, counts: ScrubCounts): void {
  if (Array.isArray(value)) for (const item of value) dropLogprobs(item, counts);
  if (!isObject(value)) return;
  const holder = value as Record<string, unknown>;
  for (const [key, item] of Object.entries(holder))
    if (key !== 'logprobs' || item === null) dropLogprobs(item, counts);
    else if (!Array.isArray(item) || item.length > 0) {
      holder[key] = Array.isArray(item) ? [] : null;
      counts['logprobs'] = (counts['logprobs'] ?? 0) + 1;
    }
}

/** Lays the new text out over the chunks that came: a stretch that changed arrives where its last byte did. */
function cutAgain(stretches: readonly Stretch[], chunks: Chunks): Chunks {
  const out = chunks.map(([ms]) => [ms, [] as Uint8Array[]] as const);
  const ends: number[] = [];
  for (const [, bytes] of chunks) ends.push((ends.at(-1) ?? 0) + bytes.byteLength);
  let at = 0;
  let chunk = 0;
  for (const { text, made } of stretches) {
    const bytes = Buffer.from(text);
    const end = at + bytes.byteLength;
    for (; (ends[chunk] ?? Infinity) < end; chunk += 1) {
      const cut = ends[chunk] ?? end;
      if (made !== undefined) continue;
      out[chunk]?.[1].push(bytes.subarray(Math.max(0, bytes.byteLength - (end - at)), bytes.byteLength - (end - cut)));
      at = cut;
    }
    out[Math.min(chunk, out.length - 1)]?.[1].push(
      made === undefined ? bytes.subarray(bytes.byteLength - (end - at)) : Buffer.from(made),
    );
    at = end;
  }
  return out.map(([ms, parts]) => [ms, Buffer.concat(parts)] as const).filter(([, bytes]) => bytes.byteLength > 0);
}
