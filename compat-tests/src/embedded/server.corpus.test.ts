import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedServer } from './server.ts';
import { readShape, readStreamShape } from './shape.ts';

/** Answers of a real llama-server with a tiny model, one file each, with the request that got it. */
const FOLDER = resolve(import.meta.dirname, '../../../../shared/wire-samples/llama-server');

interface Sample {
  readonly method?: string;
  readonly url?: string;
  readonly port?: number;
  readonly path?: string;
  readonly body?: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Samples that are not replayed, and why; a pattern covers a family. */
const EXCLUDED: ReadonlyArray<readonly [pattern: RegExp, why: string]> = [
  [/^messages/, "the Anthropic route of llama-server, which no client of OpenAI's SDK calls"],
  [/^llama31-template/, "recorded with Meta's own Llama 3.1 chat template; the tiny model has its own"],
  [/^props$/, "the server's settings page, which no client of OpenAI's SDK reads"],
  [/^tokenize$/, 'compared in the ordinary tests: the number of tokens, and so the shape, depends on the vocabulary'],
];

/** Requests changed before they are replayed, as the two models write the same text in different numbers of tokens. */
const ADJUSTED: Readonly<Record<string, object>> = {
  'tool-truncated': { max_tokens: 7 }, // Both cut inside the tool's name.
  'tool-truncated-stream': { max_tokens: 7 },
};

/** Ports of the recorded servers: plain, with embeddings, with a key. */
const servers = new Map<string, EmbeddedServer>();
const KEY = 'sk-local';

beforeAll(async () => {
  const common = { slots: 2, contextSize: 2048 };
  servers.set('8101', await startEmbedded({ ...common, embeddings: false }));
  servers.set('8102', await startEmbedded(common));
  servers.set('8103', await startEmbedded({ ...common, apiKey: KEY }));
});
afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.meta.json'))
  .map((name) => name.replace('.meta.json', ''));
const compared = names.filter((name) => !EXCLUDED.some(([pattern]) => pattern.test(name)));

async function replay(name: string, sample: Sample) {
  const recorded = new URL(sample.url ?? `http://127.0.0.1:${sample.port}${sample.path}`);
  const server = servers.get(recorded.port);
  if (server === undefined)
    throw new Error(`${name} was recorded on port ${recorded.port}, for which no server is started`);
  const { body } = sample;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  // The recordings leave the key out; what was answered tells which it was.
  if (recorded.port === '8103' && sample.status === 200) headers['authorization'] = `Bearer ${KEY}`;
  if (name === 'err-bad-key') headers['authorization'] = 'Bearer wrong';
  const method = sample.method ?? 'POST';
  const sent =
    method === 'POST'
      ? { body: typeof body === 'string' ? body : JSON.stringify({ ...(body as object), ...ADJUSTED[name] }) }
      : {};
  const empty = name === 'err-empty-body' ? { body: '' } : {};
  return fetch(`${server.origin}${recorded.pathname}`, { method, headers, ...sent, ...empty });
}

const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

describe('the endpoint answers in the shapes of a real llama-server', () => {
  test('the recordings are there', () => expect(compared.length).toBeGreaterThan(90));

  test.each(EXCLUDED)('%s excludes something: %s', (pattern) => {
    expect(names.some((name) => pattern.test(name))).toBe(true);
  });

  test.each(compared)('%s', async (name) => {
    const sample = JSON.parse(read(`${name}.meta.json`)) as Sample;
    const response = await replay(name, sample);
    const text = await response.text();
    expect(response.status).toBe(sample.status);
    const kept = ['content-type', 'server', 'access-control-allow-methods', 'x-accel-buffering'];
    const headers = (get: (name: string) => string | null | undefined) =>
      Object.fromEntries(kept.map((header) => [header, get(header) ?? null]));
    expect(headers((header) => response.headers.get(header))).toEqual(headers((header) => sample.headers[header]));
    if (sample.headers['content-type'] === 'text/event-stream') {
      expect(readStreamShape(text)).toEqual(readStreamShape(read(`${name}.sse`)));
    } else {
      const recorded = read(`${name}.json`);
      if (recorded === '') expect(text).toBe('');
      else expect(readShape(JSON.parse(text))).toEqual(readShape(JSON.parse(recorded)));
    }
  });
});
