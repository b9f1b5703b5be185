import { createHash } from 'node:crypto';
import { type Exchange, keyRequest } from '@migrate-llm/shim/exchange';
import { isObject, type JsonObject, readObjects } from './json.ts';

/**
 * Names the prompt of an exchange. Turns of one conversation depend on each other, so all that begin with the same instructions and the same first
 * message of the user have one name; so have repeats.
 */
export function namePrompt({ request }: Pick<Exchange, 'request'>): string {
  const { body } = request;
  const opening = isObject(body) ? readOpening(body) : undefined;
  const text = opening === undefined ? keyRequest(request) : JSON.stringify([request.path, opening]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function readOpening(body: JsonObject): unknown {
  const { messages, input } = body;
  if (typeof input === 'string') return [body['instructions'], input];
  const turns = readObjects(messages ?? input);
  const first = turns.findIndex(({ role }) => role === 'user');
  if (first === -1) return undefined;
  return [body['instructions'], turns.slice(0, first + 1).map(({ role, content }) => [role, content])];
}

/** Names where a request comes from: its tag, else its request line. */
export function nameCallSite({ callSite, request }: Pick<Exchange, 'callSite' | 'request'>): string {
  return callSite ?? `${request.method} ${request.path}`;
}

/** The request line, and whether a stream is asked for. */
export function describeRequest({ request: { method, path, body } }: Pick<Exchange, 'request'>): string {
  return isObject(body) && body['stream'] === true ? `${method} ${path} (stream)` : `${method} ${path}`;
}
