import { isObject, parseJson, type WireError } from '../wire.ts';
import type { GatewayCall } from './call-record.ts';

/** Says how a call ended. */
export type Finish = (status: number, outcome: GatewayCall['outcome'], error?: WireError) => void;

/** Hands a body through and says how it ended; a stream that fails says so in a last event of its own. */
export function watchBody(response: Response, finish: Finish): ReadableStream<Uint8Array> | null {
  if (response.body === null) {
    finish(response.status, 'answered');
    return null;
  }
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let failure: WireError | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          finish(response.status, failure === undefined ? 'answered' : 'failed', failure);
          controller.close();
          return;
        }
        failure = readErrorEvent(value) ?? failure;
        controller.enqueue(value);
      } catch (error) {
        const message = describeFailure(error);
        finish(response.status, 'failed', { message, type: 'server_error', param: null, code: 'stream_interrupted' });
        controller.error(error);
      }
    },
    async cancel(reason) {
      finish(response.status, 'left');
      await reader.cancel(reason);
    },
  });
}

const errorStart = new TextEncoder().encode('data: {"error":');

/** Reads the event with which the core ends a stream that failed: it comes in a piece of its own. */
function readErrorEvent(piece: Uint8Array): WireError | undefined {
  if (!errorStart.every((byte, at) => piece[at] === byte)) return undefined;
  return readError(new TextDecoder().decode(piece).slice('data: '.length));
}

/** Reads the error out of an answer's text, when it is in OpenAI's envelope. */
export function readError(text: string): WireError | undefined {
  const json = parseJson(text);
  return isObject(json) && isObject(json['error']) ? (json['error'] as unknown as WireError) : undefined;
}

/** Says why a request failed; fetch keeps the reason in the cause. */
export function describeFailure(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  if (cause?.code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  return [error instanceof Error ? error.message : String(error), cause?.code ?? cause?.message]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
}
