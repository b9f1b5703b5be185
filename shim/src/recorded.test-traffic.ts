import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isObject, type WireObject } from './wire.ts';

type Json = Record<string, unknown>;

/** One line of the recorded traffic beside the checkout; its README describes it. */
export interface RecordedRow {
  readonly id: string;
  readonly provider: string;
  readonly family: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly request: { readonly body: Json | null } | null;
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
export function readTraffic(file: 'openai' | 'open-endpoints'): readonly RecordedRow[] {
  return gunzipSync(readFileSync(new URL(`../../../shared/traffic/${file}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedRow);
}

/** Lists the JSON events of a stream's text. */
export function readEvents(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && line.slice(5).trim() !== '[DONE]' && line.slice(5).trim() !== '')
    .map((line) => JSON.parse(line.slice(5)) as unknown);
}

/** What one choice says. */
interface Meaning {
  content: string;
  refusal: string;
  calls: Record<string, { name: string; arguments: string; id: string }>;
  call: string;
  finish: unknown;
}

/** What a stream says, put together independently of the code under test. */
export function readMeaning(events: readonly unknown[]): { readonly choices: Record<string, Meaning>; usage: unknown } {
  const choices: Record<string, Meaning> = {};
  let usage: unknown = null;
  for (const event of events.filter(isObject)) {
    if (isObject(event['usage'])) usage = event['usage'];
    for (const choice of (event['choices'] ?? []) as Json[]) {
      const held = (choices[String(choice['index'])] ??= {
        content: '',
        refusal: '',
        calls: {},
        call: '',
        finish: null,
      });
      const delta = (choice['delta'] ?? choice['message'] ?? {}) as Json;
      held.content += readContent(delta['content']);
      if (typeof delta['refusal'] === 'string') held.refusal += delta['refusal'];
      if (isObject(delta['function_call']))
        held.call += String(delta['function_call']['name'] ?? '') + String(delta['function_call']['arguments'] ?? '');
      const pieces = (delta['tool_calls'] ?? []) as Array<{
        index?: number;
        id?: string;
        function?: { name?: string; arguments?: unknown };
      }>;
      pieces.forEach((piece, place) => {
        // In a whole message a call's place is its index.
        const call = (held.calls[choice['message'] === undefined ? (piece.index ?? 0) : place] ??= {
          name: '',
          arguments: '',
          id: '',
        });
        const args = piece.function?.arguments ?? '';
        call.id += piece.id ?? '';
        call.name += piece.function?.name ?? '';
        call.arguments += typeof args === 'string' ? args : JSON.stringify(args);
      });
      held.finish = choice['finish_reason'] ?? held.finish;
    }
  }
  return { choices, usage };
}

/** Text as it is, or the text parts of a list of parts. */
function readContent(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content
    .map((part) => (isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** Makes the answer that was recorded; chunks whose framing was not recorded are framed as OpenAI does. */
export function openRecording({ response }: RecordedRow): Response {
  const { status, headers, body, sse, chunks, text } = response;
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

/** The events a recording holds: those of its stream, or its whole body as one. */
export function listEvents({ response: { body, sse, chunks } }: RecordedRow): readonly unknown[] {
  if (sse !== undefined) return readEvents(sse);
  return chunks ?? [body as WireObject];
}
