import { Refusal } from '../refusal.ts';
import type { WireError } from '../wire.ts';

/** How the events of one API are written. */
interface EventWriter<Batch> {
  /** The text of a batch; an empty one sends nothing. */
  readonly write: (batch: Batch) => string;
  /** What follows the last batch. */
  readonly end: string;
  /** What says that the answer failed. */
  readonly fail: (error: WireError) => string;
}

/** Writes batches as the body of an event stream, one a pull: it ends as its API ends, or with an error event, never with neither. `stop` frees the connections when the reader leaves. */
export function writeEventBody<Batch>(
  batches: AsyncGenerator<Batch, void, void>,
  { write, end, fail }: EventWriter<Batch>,
  stop: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const close = (last: string): void => {
        if (last !== '') controller.enqueue(encoder.encode(last));
        controller.close();
      };
      try {
        for (;;) {
          const { value, done } = await batches.next();
          if (done === true) return close(end);
          const text = write(value);
          if (text !== '') return controller.enqueue(encoder.encode(text));
        }
      } catch (error) {
        if (error instanceof Refusal) close(fail(error.error));
        else controller.error(error);
      }
    },
    cancel() {
      stop();
      void batches.return().catch(() => undefined);
    },
  });
}
