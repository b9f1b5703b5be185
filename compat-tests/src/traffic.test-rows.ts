import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from './json.ts';

/** One line of the recorded traffic beside the checkout; its README describes it. */
export interface TrafficRow {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly request: { readonly path?: string; readonly body: JsonObject | null } | null;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly sse?: string;
    readonly chunks?: readonly unknown[];
    readonly text?: string;
  };
  readonly provenance: { readonly raw: boolean };
}

/** Reads a file of the recorded traffic. Throws when it is not there. */
export function readTraffic(file: 'openai' | 'open-endpoints'): readonly TrafficRow[] {
  return gunzipSync(readFileSync(new URL(`../../../shared/traffic/${file}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TrafficRow);
}

/** Some tests answer with OpenRouter's bytes under OpenAI's address; its ids give them away. */
export function isOpenRouters({ response }: TrafficRow): boolean {
  return response.sse?.startsWith('data: {"id":"gen-') === true;
}

/** Makes a recorded answer again; chunks whose framing was not recorded are framed as OpenAI does. */
export function replayRow({ response: { status, headers, body, sse, chunks, text } }: TrafficRow): Response {
  const framed =
    sse ??
    chunks
      ?.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
      .join('')
      .concat('data: [DONE]\n\n');
  return new Response(framed ?? text ?? JSON.stringify(body), {
    status,
    headers: { 'content-type': framed === undefined ? 'application/json' : 'text/event-stream', ...headers },
  });
}
