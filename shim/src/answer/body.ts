/** A body as any fetch gives it: a web stream, or the Node stream of node-fetch, which openai 4 uses. */
type ForeignBody = ReadableStream<Uint8Array> | (AsyncIterable<Uint8Array> & { destroy?: () => void }) | null;

/** Bytes of an answer, pulled one piece at a time. */
export interface ByteSource {
  /** The next piece; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Gives up the rest and frees the connection. */
  cancel(): Promise<void>;
}

/** Reads a response's body piece by piece. */
export function openBody(response: Response): ByteSource {
  const body = response.body as unknown as ForeignBody;
  if (body === null) return { next: async () => undefined, cancel: async () => undefined };
  if ('getReader' in body) {
    const reader = body.getReader();
    return {
      next: async () => {
        const { value, done } = await reader.read();
        return done ? undefined : value;
      },
      cancel: () => reader.cancel(),
    };
  }
  const iterator = body[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await iterator.next();
      return done === true ? undefined : (value as Uint8Array);
    },
    cancel: async () => body.destroy?.(),
  };
}

const drainMs = 1000;

/** Reads a body to its end after its last event, so that the connection can be used again; gives up after a second. */
export async function drainBody(source: ByteSource): Promise<void> {
  const timer = setTimeout(() => void source.cancel().catch(() => undefined), drainMs);
  try {
    while ((await source.next()) !== undefined) continue;
  } catch {
    // The answer is complete: what the connection does after it is nobody's concern.
  } finally {
    clearTimeout(timer);
  }
}
