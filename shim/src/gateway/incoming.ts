/** A request as it came to the gateway, from whatever server. */
export interface Incoming {
  readonly method: string;
  /** Absolute URL. */
  readonly url: URL;
  /** Names in lower case; values of a repeated header joined. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body's pieces; not read before the caller's key is checked. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** Says that a body is larger than the gateway takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Reads a body whole. Throws `BodyTooLarge` as soon as it is known to be over `maxBytes`, what it declares included. */
export async function readBody({ body, headers }: Incoming, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw new BodyTooLarge();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > maxBytes) throw new BodyTooLarge();
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
