import { listHeaders } from './headers.ts';

/** Header that names a call's site, for routing and recordings; it never leaves for a target. */
const callSiteHeader = 'x-migrate-llm-call-site';

/** What a client handed to fetch. */
export interface ReadRequest {
  readonly url: string;
  readonly method: string;
  /** The client's own, so that its agent and dispatcher stay. */
  readonly init: RequestInit;
  /** Without the call-site tag. */
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly callSite: string | undefined;
  readonly hasTag: boolean;
  /** The address as the client gave it; `undefined` where it gave a Request, whose body is read. */
  readonly given: string | URL | undefined;
}

/** Reads what a client handed to fetch: an address with options, or a Request, whose body is read whole. */
export async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<ReadRequest> {
  if (typeof input === 'string' || input instanceof URL)
    return {
      url: String(input),
      method: (init.method ?? 'GET').toUpperCase(),
      init,
      given: input,
      ...readTag(listHeaders(init.headers)),
    };
  const method = (init.method ?? input.method).toUpperCase();
  const isText = /json|text/.test(input.headers.get('content-type') ?? '');
  const body =
    init.body ??
    (method === 'GET' || input.body === null ? undefined : isText ? await input.text() : await input.arrayBuffer());
  const headers = init.headers ?? input.headers;
  return {
    url: input.url,
    method,
    init: {
      signal: input.signal,
      ...init,
      method,
      headers: new Headers(headers),
      ...(body === undefined ? {} : { body }),
    },
    given: undefined,
    ...readTag(listHeaders(headers)),
  };
}

function readTag(all: ReadonlyArray<readonly [string, string]>): Pick<ReadRequest, 'headers' | 'callSite' | 'hasTag'> {
  const tag = all.find(([name]) => name.toLowerCase() === callSiteHeader)?.[1];
  const headers = tag === undefined ? all : all.filter(([name]) => name.toLowerCase() !== callSiteHeader);
  return { headers, callSite: tag === undefined || tag === '' ? undefined : tag, hasTag: tag !== undefined };
}
