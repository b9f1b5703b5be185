import type { ReadRequest } from '../client-request.ts';
import { Refusal } from '../refusal.ts';
import { isOpenAIOrigin } from '../target.ts';
import { type Fetch, TransportFailure } from '../transport.ts';
import type { WireObject } from '../wire.ts';

/** The caller's own way to OpenAI. */
export interface OpenAIAccess {
  /** The client is set up for OpenAI: its requests go there as they are. */
  readonly asIs: boolean;
  /** On OpenAI's origin. */
  readonly baseURL: string;
  readonly readKey: () => Promise<string | undefined>;
  readonly organization: string | undefined;
  readonly project: string | undefined;
}

/** A call that goes to OpenAI. */
export interface OpenAICall {
  readonly request: ReadRequest;
  /** Path below the base URL with its query. */
  readonly path: string;
  /** The body with another model's name, where the rule gives one. */
  readonly changed: WireObject | undefined;
  readonly signal: AbortSignal | null | undefined;
}

/** Sends a call to OpenAI itself, untranslated, with the caller's own key and to OpenAI's own origin. Throws a `Refusal` where there is no key. */
export async function askOpenAI(
  { request, path, changed, signal }: OpenAICall,
  access: OpenAIAccess,
  inner: Fetch,
): Promise<Response> {
  const asIs = access.asIs || isOpenAIOrigin(request.url);
  const init: RequestInit = { ...request.init };
  if (signal !== undefined) init.signal = signal;
  if (changed !== undefined) init.body = JSON.stringify(changed);
  const send = async (url: string | URL | Request): Promise<Response> =>
    inner(url, init).catch((cause: unknown) => {
      throw new TransportFailure('the request failed', { cause });
    });
  if (asIs) {
    if (request.hasTag || changed !== undefined) init.headers = sameKind(request.init.headers, request.headers);
    return send(request.given ?? request.url);
  }
  const key = await access.readKey();
  if (key === undefined)
    throw new Refusal(401, {
      message:
        'the route sends this call to OpenAI, but there is no OpenAI key: set OPENAI_API_KEY, or give the client its apiKey without a baseURL of another endpoint',
      type: 'invalid_request_error',
      param: null,
      code: 'no_openai_key',
    });
  const headers = request.headers.filter(
    ([name]) => !/^(authorization|api-key|openai-(organization|project))$/i.test(name),
  );
  const own: ReadonlyArray<readonly [string, string | undefined]> = [
    ['authorization', `Bearer ${key}`],
    ['openai-organization', access.organization],
    ['openai-project', access.project],
  ];
  const all = [...headers, ...own.filter((pair): pair is readonly [string, string] => pair[1] !== undefined)];
  init.headers = sameKind(request.init.headers, all);
  return send(`${access.baseURL}${path}`);
}

/** openai 4's node-fetch gets a plain object from its SDK, later majors a Headers: each gets its own kind back. */
function sameKind(given: unknown, headers: ReadonlyArray<readonly [string, string]>): HeadersInit {
  const rest = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  return given instanceof Headers
    ? new Headers(rest.map(([name, value]): [string, string] => [name, value]))
    : Object.fromEntries(rest);
}
