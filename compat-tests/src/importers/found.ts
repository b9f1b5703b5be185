import { createHash } from 'node:crypto';
import type { Lack } from '@migrate-llm/shim/exchange';
import type { RawExchange } from '@migrate-llm/shim/record';
import { isObject } from '../json.ts';

/** A call as an importer found it in its source. */
export interface Found {
  /** Whole address, or the path below it. */
  readonly url: string;
  readonly method?: string | undefined;
  /** When it was asked; ISO 8601 or anything `Date` reads. */
  readonly at?: string | number | undefined;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** JSON, text, or `null`. */
  readonly body: unknown;
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's bytes, whole. */
  readonly answer: Uint8Array;
  /** From the request to the answer's last byte, milliseconds. */
  readonly tookMs?: number | undefined;
  readonly callSite?: string | undefined;
  readonly model?: string | undefined;
  /** Who answered, where the address does not tell. */
  readonly target?: string | undefined;
  readonly lacks: readonly Lack[];
}

/** Something in a source that is no call of OpenAI's API, or lacks too much to be one. */
export interface Skipped {
  readonly skipped: string;
}

const known =
  /^\/(chat\/completions|completions|responses|embeddings|models|moderations|images|audio|files|batches|uploads|conversations|fine_tuning|vector_stores)(\/|\?|$)/;

/** Makes an exchange of what was found. The id is made of the content, so that the same call has it at each import. */
export function toExchange(found: Found): RawExchange | Skipped {
  const { url, method = 'POST', body, answer, lacks, headers = {}, status = 200 } = found;
  const { path, target } = splitAddress(url);
  if (!known.test(path)) return { skipped: 'no call of OpenAI’s API' };
  const isStream = /event-stream/.test(headers['content-type'] ?? '');
  // One time for a whole stream says nothing of its pieces.
  const timeless = found.tookMs === undefined || isStream;
  const at = toIso(found.at);
  const key = [method, path, JSON.stringify(body), Buffer.from(answer).toString('base64'), at].join('\0');
  const model = found.model ?? (isObject(body) && typeof body['model'] === 'string' ? body['model'] : null);
  const missing = [
    ...new Set<Lack>([
      ...lacks,
      ...(timeless ? ['timing' as const] : []),
      ...(at === undefined ? ['date' as const] : []),
    ]),
  ].sort();
  return {
    v: 1,
    id: `import-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`,
    recordedAt: at ?? new Date().toISOString(),
    provenance: 'recorded',
    target: found.target ?? target,
    model,
    callSite: found.callSite ?? null,
    sdk: found.requestHeaders?.['user-agent'] ?? null,
    ...(missing.length === 0 ? {} : { lacks: missing }),
    request: { method: method.toUpperCase(), path, headers: keepHeaders(found.requestHeaders ?? {}), body },
    response: { status, headers, chunks: [[timeless ? 0 : Math.round(found.tookMs ?? 0), answer]] },
  };
}

function splitAddress(address: string): { path: string; target: string } {
  let url: URL;
  try {
    url = new URL(address, 'https://api.openai.com');
  } catch {
    return { path: address, target: 'unknown' };
  }
  const { hostname, host, pathname } = url;
  const path = pathname
    .replace(/^.*?\/openai\/deployments\/[^/]+(?=\/)/, '')
    .replace(/^.*?\/(?:v1|openai)(?=\/)/, '')
    .replace(/\/$/, '');
  const isOpenAI = /(^|\.)openai\.com$/.test(hostname);
  const isAzure = /\.(openai|cognitiveservices|services\.ai)\.azure\.com$/.test(hostname);
  return { path, target: isOpenAI ? 'openai' : isAzure ? 'azure-openai' : host };
}

/** The same few that a recording of our own keeps. */
function keepHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(content-type|accept|openai-beta|x-stainless-[a-z-]+)$/.test(name)),
  );
}

function toIso(at: string | number | undefined): string | undefined {
  if (at === undefined || at === '') return undefined;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Reads header lists and objects of every source into one form: names in lower case, values joined. */
export function readHeaders(given: unknown): Record<string, string> {
  const pairs: Array<readonly [unknown, unknown]> = Array.isArray(given)
    ? given.every((item) => typeof item === 'string')
      ? Array.from({ length: given.length >> 1 }, (_, at) => [given[at * 2], given[at * 2 + 1]] as const)
      : given.filter(isObject).map(({ name, value }) => [name, value] as const)
    : isObject(given)
      ? Object.entries(given)
      : [];
  return Object.fromEntries(
    pairs
      .filter(([name]) => typeof name === 'string' && name !== '')
      .map(([name, value]) => [String(name).toLowerCase(), [value].flat().map(String).join(', ')]),
  );
}
