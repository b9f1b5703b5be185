import { isObject, parseJson } from '../wire.ts';
import { type Failure, readStatus } from './failure.ts';

/** A stream's answer that may be handed over, or why it may not. */
export type Opened = { readonly response: Response } | { readonly failure: Failure; readonly response: Response };

/**
 * Waits for the first bytes of a streamed answer: until they are handed over another target may still answer in its place.
 * Throws what reading them throws. An answer that is no stream of ours comes back as it is.
 */
export async function openStream(response: Response): Promise<Opened> {
  const isEvents = /event-stream/i.test(response.headers.get('content-type') ?? '');
  const body = response.body;
  if (!isEvents || body === null || !('getReader' in body)) return { response };
  const reader = body.getReader();
  const first = await reader.read();
  const rest = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first.value !== undefined) controller.enqueue(first.value);
        if (first.done) controller.close();
      },
      async pull(controller) {
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const opened = new Response(rest, { status: response.status, headers: response.headers });
  const failure = first.value === undefined ? undefined : readFirstEvent(new TextDecoder().decode(first.value));
  return failure === undefined ? { response: opened } : { response: opened, failure };
}

/** Reads whether a stream begins with an error, which is all it holds then. */
function readFirstEvent(text: string): Failure | undefined {
  const data = /^(?:event: ?error\r?\n)?data: ?(\{.*)/.exec(text)?.[1];
  const event = data === undefined ? undefined : parseJson(data);
  const error = isObject(event) ? event['error'] : undefined;
  if (!isObject(error)) return undefined;
  const message = typeof error['message'] === 'string' ? error['message'] : '';
  if (error['code'] === 'rate_limit_exceeded') return readStatus(429, message, undefined);
  return error['type'] === 'server_error' ? readStatus(500, message, undefined) : undefined;
}
