import type * as dns from 'node:dns';
import type * as http from 'node:http';
import type * as net from 'node:net';
import { createAddressCheck } from './public-address.ts';

/** An image's bytes, or where to look instead. */
interface ImageAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly bytes: Uint8Array;
}

/** Limits of one request for an image. */
interface ImageRequest {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** The host may lead into a private network. */
  readonly trusted: boolean;
}

/** Fetches one image. It rejects with a plain reason. */
export type ImageHost = (url: URL, request: ImageRequest) => Promise<ImageAnswer>;

type Load = (name: string) => unknown;
type Lookup = NonNullable<http.RequestOptions['lookup']>;

/** Makes the fetcher of images of the running Node; `undefined` elsewhere, because only a resolver of our own can hold a connection to the address that was checked. */
export function findImageHost(): ImageHost | undefined {
  const host = (globalThis as { readonly process?: { readonly getBuiltinModule?: Load } }).process;
  const load = host?.getBuiltinModule;
  const { lookup } = (load?.('node:dns') ?? {}) as Partial<typeof dns>;
  const sockets = load?.('node:net') as typeof net | undefined;
  const plain = load?.('node:http') as typeof http | undefined;
  const secure = load?.('node:https') as typeof http | undefined;
  if (lookup === undefined || sockets === undefined || plain === undefined || secure === undefined) return undefined;
  const isPublic = createAddressCheck(sockets);
  // Asked for at the moment of connecting: a look-up before it could be answered otherwise the second time.
  const lookupPublic: Lookup = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const give = done as (error: Error | null, address?: unknown, family?: number) => void;
      const closed = found?.find(({ address }) => !isPublic(address));
      const [first] = found ?? [];
      if (error !== null || first === undefined) give(new Error(`${name} has no address`));
      else if (closed !== undefined) give(new Error(`${name} leads to ${closed.address}, which is not public`));
      else if (options.all === true) give(null, found);
      else give(null, first.address, first.family);
    });
  return async (url, { maxBytes, signal, trusted }) => {
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    // A name that is an address already is not looked up.
    if (!trusted && sockets.isIP(literal) !== 0 && !isPublic(literal))
      throw new Error(`${literal} is not a public address`);
    const { get } = url.protocol === 'https:' ? secure : plain;
    const options = { signal, agent: false as const, headers: { accept: 'image/*' } };
    return readImage(get, url, trusted ? options : { ...options, lookup: lookupPublic }, maxBytes);
  };
}

function readImage(
  get: typeof http.get,
  url: URL,
  options: http.RequestOptions,
  maxBytes: number,
): Promise<ImageAnswer> {
  return new Promise((resolve, reject) => {
    get(url, options, (response) => {
      const { statusCode: status = 0, headers } = response;
      response.on('error', reject);
      if (status !== 200) {
        response.destroy();
        resolve({ status, location: status < 400 ? headers.location : undefined, bytes: new Uint8Array() });
        return;
      }
      const parts: Uint8Array[] = [];
      let size = 0;
      response.on('data', (part: Uint8Array) => {
        size += part.length;
        parts.push(part);
        if (size > maxBytes) response.destroy(new Error(`it has more than ${maxBytes} bytes`));
      });
      response.on('end', () => resolve({ status, location: undefined, bytes: joinBytes(parts, size) }));
    }).on('error', reject);
  });
}

function joinBytes(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
