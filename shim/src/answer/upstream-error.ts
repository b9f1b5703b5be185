import { Refusal } from '../refusal.ts';
import { isObject, type WireError } from '../wire.ts';
import { type ErrorBody, readErrorObject, readErrorText } from './error-body.ts';
import { classifyError } from './error-kind.ts';
import { readRetryAfter } from './retry-after.ts';

/** Reads an error answer into OpenAI's shape, with the status OpenAI would send. */
export function readUpstreamError(status: number, text: string, headers: Headers): Refusal {
  const found = readErrorText(text) ?? {
    message:
      text.trim() === ''
        ? `the endpoint answered ${status} without a body`
        : `the endpoint answered ${status} with ${describeText(text, headers)}`,
  };
  return refuse(status, found, headers);
}

/** Reads an error inside an answer that says 200; `undefined` when there is none. */
export function readHiddenError(body: unknown, headers: Headers): Refusal | undefined {
  if (!isObject(body) || Array.isArray(body['data'])) return undefined;
  const choices = body['choices'];
  const empty = choices === undefined || choices === null || (Array.isArray(choices) && choices.length === 0);
  if (!empty || (choices !== undefined && !isGiven(body['error']))) return undefined;
  const found = readErrorObject(body);
  return found === undefined ? undefined : refuse(found.status ?? 502, found, headers);
}

/** Reads an error event of a stream; `undefined` when the event is none. */
export function readStreamError(event: unknown): Refusal | undefined {
  if (!isObject(event)) return undefined;
  const isError =
    isGiven(event['error']) ||
    event['object'] === 'error' ||
    (!('choices' in event) && !('usage' in event) && readErrorObject(event) !== undefined);
  if (!isError) return undefined;
  const found = readErrorObject(event) ?? { message: JSON.stringify(event['error']) };
  return refuse(found.status ?? 500, found, new Headers());
}

/** Statuses the SDK tries again. Source: openai@7.57.0 client.ts shouldRetry. */
const isRetried = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

function refuse(given: number, found: ErrorBody, headers: Headers): Refusal {
  const { status, type, code } = classifyError(given, found);
  const error: WireError = { message: found.message, type, param: found.param ?? null, code };
  const out = new Headers(headers);
  const wait = readRetryAfter(status, found, headers);
  if (wait !== undefined) {
    out.set('retry-after-ms', String(wait));
    out.set('retry-after', String(Math.ceil(wait / 1000)));
  }
  // An empty balance under a status the SDK gives up on must not become one it tries again.
  else if (isRetried(status) && !isRetried(given) && given !== 424) out.set('x-should-retry', 'false');
  if (found.requestId !== undefined) out.set('request-id', headers.get('request-id') ?? found.requestId);
  return new Refusal(status, error, out, { status: given, type: found.type, code: found.code });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function describeText(body: string, headers: Headers): string {
  const html = /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(body);
  return `${html ? 'an HTML page' : 'text'}: ${body
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)}`;
}
