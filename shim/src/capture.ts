import type { Clock } from './clock.ts';
import type { Exchange } from './exchange.ts';
import { attachMigration } from './response.ts';

/** The bytes of an answer as the app read them. */
export interface Capture {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the request was sent, and the bytes. */
  readonly chunks: ReadonlyArray<readonly [ms: number, bytes: Uint8Array]>;
}

/** How a capture ended: read to the end, left by the app before it, broken by the connection, or over its limit. */
export type CaptureEnd = 'complete' | 'left' | 'broken' | 'too-large';

/** Takes what passed by; `complete` is the only end after which the bytes are the whole answer. */
export type CaptureSink = (capture: Capture, end: CaptureEnd) => void;

type Reading = 'text' | 'json' | 'arrayBuffer' | 'blob' | 'bytes' | 'formData';
const readings: readonly Reading[] = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'];

/** The stream of node-fetch, which openai 4 uses. */
interface NodeBody {
  emit: (event: string, ...args: readonly unknown[]) => boolean;
}

/**
 * Watches an answer's bytes go by, in place: the response stays the object it is, each byte goes to the app unchanged and when the app asks
 * for it. `startedAt` is the clock's time when the request was sent. Beyond `limit` bytes nothing is kept. `done` is called once.
 */
export function captureResponse(
  response: Response,
  { now }: Clock,
  startedAt: number,
  limit: number,
  done: CaptureSink,
): void {
  const chunks: Array<readonly [number, Uint8Array]> = [];
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => (headers[name] = value));
  let bytes = 0;
  let isDone = false;
  const take = (chunk: Uint8Array): void => {
    bytes += chunk.byteLength;
    // A copy: a reader may hand the buffer on (transfer it) as soon as it has it.
    if (bytes <= limit) chunks.push([Math.round(now() - startedAt), chunk.slice()]);
    else chunks.length = 0;
  };
  const finish = (end: CaptureEnd): void => {
    if (isDone) return;
    isDone = true;
    const isWhole = end === 'complete' || (end === 'left' && endsStream(chunks));
    done({ status: response.status, headers, chunks }, bytes > limit ? 'too-large' : isWhole ? 'complete' : end);
  };
  const body = response.body as unknown as ReadableStream<Uint8Array> | NodeBody | null;
  if (body === null) finish('complete');
  else if ('getReader' in body) watchStream(response, body, take, finish);
  else watchNode(body, take, finish);
}

function watchStream(
  response: Response,
  body: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => void,
  finish: (end: CaptureEnd) => void,
): void {
  let watched: ReadableStream<Uint8Array> | undefined;
  const open = (): ReadableStream<Uint8Array> => (watched ??= wrapReader(body.getReader(), take, finish));
  const fix = (key: string, property: PropertyDescriptor): void => {
    Object.defineProperty(response, key, { configurable: true, ...property });
  };
  fix('body', { get: open });
  const type = response.headers.get('content-type');
  const again = (): Response => new Response(open(), type === null ? {} : { headers: { 'content-type': type } });
  for (const name of readings)
    if (name in Response.prototype)
      fix(name, {
        writable: true,
        value: async () => {
          const value: unknown = await (again() as unknown as Record<Reading, () => Promise<unknown>>)[name]();
          return name === 'json' ? attachMigration(value, response) : value;
        },
      });
}

/**
 * Makes a stream of what a reader gives, and looks at each chunk. A second stream would cost as much a chunk as the first one, so whoever takes
 * a reader or iterates, as SDKs do, gets the first one's chunks as they are; the platform's own ways (a pipe, a new Response) go through the stream.
 */
function wrapReader(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  take: (chunk: Uint8Array) => void,
  finish: (end: CaptureEnd) => void,
): ReadableStream<Uint8Array> {
  const fail = (error: unknown): never => {
    finish((error as Error | undefined)?.name === 'AbortError' ? 'left' : 'broken');
    throw error;
  };
  const see = (read: ReadableStreamReadResult<Uint8Array>): ReadableStreamReadResult<Uint8Array> => {
    if (read.done) finish('complete');
    else take(read.value);
    return read;
  };
  const read = (): Promise<ReadableStreamReadResult<Uint8Array>> => reader.read().then(see, fail);
  const cancel = (reason?: unknown): Promise<void> => {
    finish('left');
    return reader.cancel(reason);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  // The stream itself is locked too, so that nobody else can read it meanwhile.
  const lock = stream.getReader.bind(stream) as (options?: ReadableStreamGetReaderOptions) => typeof reader;
  const getReader = (options?: ReadableStreamGetReaderOptions): Omit<typeof reader, never> => {
    const held = lock(options);
    let isHeld = true;
    return {
      read: () => (isHeld ? read() : held.read()),
      cancel: (reason) => (isHeld ? cancel(reason) : held.cancel(reason)),
      get closed() {
        return isHeld ? reader.closed : held.closed;
      },
      releaseLock: () => {
        isHeld = false;
        held.releaseLock();
      },
    };
  };
  const values = ({ preventCancel = false }: ReadableStreamIteratorOptions = {}): AsyncIterableIterator<Uint8Array> => {
    const { releaseLock } = getReader();
    let isOver = false;
    const end = (): void => {
      if (!isOver) releaseLock();
      isOver = true;
    };
    return {
      next: () =>
        isOver
          ? Promise.resolve({ done: true, value: undefined })
          : reader.read().then(
              (found) => {
                if (found.done) end();
                return see(found) as IteratorResult<Uint8Array>;
              },
              (error: unknown) => {
                end();
                return fail(error);
              },
            ),
      return: async (value?: unknown) => {
        const wasOver = isOver;
        end();
        if (!wasOver && !preventCancel) await cancel(value);
        return { done: true, value };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return Object.assign(stream, { getReader, values, [Symbol.asyncIterator]: values }) as ReadableStream<Uint8Array>;
}

/** A Node stream says each chunk it gives, however it is read, as an event. */
function watchNode(body: NodeBody, take: (chunk: Uint8Array) => void, finish: (end: CaptureEnd) => void): void {
  const emit = body.emit;
  body.emit = function watched(this: unknown, event, ...args) {
    if (event === 'data' && args[0] instanceof Uint8Array) take(args[0]);
    else if (event === 'end') finish('complete');
    else if (event === 'error') finish((args[0] as Error | undefined)?.name === 'AbortError' ? 'left' : 'broken');
    else if (event === 'close') finish('left');
    return Reflect.apply(emit, this, [event, ...args]) as boolean;
  };
}

/** Tells whether a stream had come to its last event: an app that leaves then has read it all. */
function endsStream(chunks: ReadonlyArray<readonly [number, Uint8Array]>): boolean {
  const last = chunks.at(-1)?.[1] ?? new Uint8Array();
  return /data: ?\[DONE\]\s*$/.test(new TextDecoder().decode(last.slice(-32)));
}

/** What an exchange says of its request and of who answered. */
export type ExchangeFrame = Omit<Exchange, 'v' | 'response'>;

/** Writes bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Joins a captured answer with its frame to an exchange of the recording format. */
export function joinExchange(frame: ExchangeFrame, { status, headers, chunks }: Capture): Exchange {
  return {
    v: 1,
    ...frame,
    response: { status, headers, chunks: chunks.map(([ms, bytes]) => [ms, encodeBase64(bytes)] as const) },
  };
}
