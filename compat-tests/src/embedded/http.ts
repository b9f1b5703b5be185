import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireError, serverError, toWireError } from './wire-error.ts';
import { asObject, type Body } from './fields.ts';

const LARGEST_BODY_BYTES = 100 * 1024 * 1024;

/** Reads the request's JSON object. @throws {WireError} 500 on broken JSON, as llama-server does, 413 above 100 MB. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new WireError(413, 'invalid_request_error', 'Payload Too Large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') {
    throw serverError(
      '[json.exception.parse_error.101] parse error at line 1, column 1: attempting to parse an empty input; check that your input string or stream contains the expected JSON',
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw serverError(
      `[json.exception.parse_error.101] parse error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return asObject(parsed) ?? {};
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  if (status >= 400) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
  response.end(bytes);
}

/** Answers with an error; in a stream that has begun, as its last event, with no `[DONE]` after it. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.writableEnded) return;
  const wire = toWireError(error);
  if (response.headersSent) response.end(`data: ${JSON.stringify(wire.body)}\n\n`);
  else sendJson(response, wire.status, wire.body);
}

/** A stream of server-sent events; the headers go out with the first one, so that an early error still has its status. */
export function createEventStream(response: ServerResponse) {
  const write = (text: string) => {
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    }
    response.write(text);
  };
  return {
    data: (value: unknown) => write(`data: ${JSON.stringify(value)}\n\n`),
    event: (name: string, value: unknown) => write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`),
    done: () => {
      write('data: [DONE]\n\n');
      response.end();
    },
    end: () => void response.end(),
  };
}
