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
}

/** Reads a file of the recorded traffic. Throws when it is not there. */
export function readTraffic(file: 'openai' | 'open-endpoints'): readonly TrafficRow[] {
  return gunzipSync(readFileSync(new URL(`../../../shared/traffic/${file}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TrafficRow);
}

/** Makes a recorded answer again. */
export function replayRow({ response: { status, headers, body, sse, chunks, text } }: TrafficRow): Response {
  const framed =
    sse ??
    chunks
      ?.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
      .join('')
      .concat('data: [DONE]\n\n');
  return new Response(framed ?? text ?? JSON.stringify(body), {
    status,
    headers: {
      ...headers,
      'content-type': framed === undefined ? (headers['content-type'] ?? 'application/json') : 'text/event-stream',
    },
  });
}
