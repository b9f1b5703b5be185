import { dialectAt, dialects } from './dialects/index.ts';
import type { KeyExchange } from './dialect.ts';
import { Refusal } from './refusal.ts';
import type { Target } from './target.ts';
import { type Bearer, type Fetch, TransportFailure } from './transport.ts';
import { isObject, parseJson } from './wire.ts';

interface Token {
  readonly value: string;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** A token that was asked for; `got` once it is there. */
interface Asked {
  readonly token: Promise<Token>;
  got?: Token;
}

/** Tokens by what they were given for: calls that start at the same time share one request. */
const tokens = new Map<string, Asked>();

/** A token is changed this long before its end, so that it does not end under way. */
const marginMs = 60_000;
const deadlineMs = 15_000;

/** Finds the access tokens that stand for a target's key where its provider wants those; `undefined` where the key itself is sent. */
export function findBearer(target: Target, inner: Fetch, init: RequestInit, now: () => number): Bearer | undefined {
  const { apiKey, baseURL, dialect } = target;
  const exchange = (dialect === 'auto' ? dialectAt(baseURL) : dialects[dialect])?.keyExchange;
  // A token that the app got itself has three parts between dots; a key has none.
  if (exchange === undefined || apiKey === undefined || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(apiKey)) return undefined;
  const id = `${exchange.url} ${apiKey}`;
  const renew = (): Asked => {
    const asked: Asked = { token: askToken(exchange, apiKey, inner, init, now) };
    tokens.set(id, asked);
    asked.token.then(
      (token) => (asked.got = token),
      // A failure is asked anew by the next call.
      () => tokens.get(id) === asked && tokens.delete(id),
    );
    return asked;
  };
  return {
    async read() {
      const held = tokens.get(id);
      const ends = held?.got !== undefined && held.got.until - marginMs <= now();
      return (await (held === undefined || ends ? renew() : held).token).value;
    },
    forget(value) {
      if (tokens.get(id)?.got?.value === value) tokens.delete(id);
    },
  };
}

async function askToken(
  { url, grantType }: KeyExchange,
  apikey: string,
  inner: Fetch,
  { dispatcher, agent }: RequestInit & { readonly dispatcher?: unknown; readonly agent?: unknown },
  now: () => number,
): Promise<Token> {
  const sent = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: grantType, apikey }).toString(),
    redirect: 'error',
    // The client's way through a proxy, but not its signal: others wait for the same token.
    signal: AbortSignal.timeout(deadlineMs),
    ...(dispatcher === undefined ? {} : { dispatcher }),
    ...(agent === undefined ? {} : { agent }),
  } as RequestInit;
  const askedAt = now();
  const { response, text } = await read(inner(url, sent)).catch((cause: unknown) => {
    throw new TransportFailure('no access token', { cause });
  });
  const body = parseJson(text);
  const value = isObject(body) ? body['access_token'] : undefined;
  if (!response.ok || typeof value !== 'string' || value === '') throw refuseKey(url, response, body, apikey);
  const seconds = Number((body as { readonly expires_in?: unknown }).expires_in ?? 3600);
  return { value, until: askedAt + (Number.isFinite(seconds) ? seconds : 3600) * 1000 };
}

async function read(asked: Promise<Response>): Promise<{ readonly response: Response; readonly text: string }> {
  const response = await asked;
  return { response, text: await response.text() };
}

/** The provider's words say why, but never the key. */
function refuseKey(url: string, { status }: Response, body: unknown, apikey: string): Refusal {
  const said = isObject(body) ? (body['errorMessage'] ?? body['error_description'] ?? body['error']) : undefined;
  const why = typeof said === 'string' ? `: ${said.replaceAll(apikey, '…').slice(0, 300)}` : '';
  const message = `${url} gave no access token for the target's key (${status})${why}`;
  const failed = status >= 500 || status === 429 || status < 400;
  return new Refusal(
    failed ? 503 : 401,
    failed
      ? { message, type: 'server_error', param: null, code: 'key_exchange_failed' }
      : { message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    new Headers(),
  );
}
