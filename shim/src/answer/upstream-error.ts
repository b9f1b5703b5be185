import { Refusal } from '../refusal.ts';
import { isObject, parseJson, type WireError, type WireObject } from '../wire.ts';

/** What could be read of an error body in whatever shape. */
interface Found {
  readonly message: string;
  readonly type?: string | undefined;
  readonly param?: string | undefined;
  readonly code?: string | undefined;
}

/** Reads an error answer into OpenAI's shape, with the status OpenAI would send. */
export function readUpstreamError(status: number, text: string, headers: Headers): Refusal {
  const found = readBody(text) ?? {
    message:
      text.trim() === ''
        ? `the endpoint answered ${status} without a body`
        : `the endpoint answered ${status} with ${describeText(text, headers)}`,
  };
  return classify(status, found, headers);
}

/** Reads an error inside an answer that says 200; `undefined` when there is none. */
export function readHiddenError(body: unknown, headers: Headers): Refusal | undefined {
  if (!isObject(body) || 'choices' in body || 'data' in body) return undefined;
  const found = readObject(body);
  if (found === undefined) return undefined;
  const status = Number(
    isObject(body['error'])
      ? (body['error']['code'] ?? body['error']['status_code'])
      : (body['status'] ?? body['status_code']),
  );
  return classify(status >= 400 && status < 600 ? status : 502, found, headers);
}

/** Reads an error event of a stream; `undefined` when the event is none. */
export function readStreamError(event: unknown): Refusal | undefined {
  if (!isObject(event) || (Array.isArray(event['choices']) && event['choices'].length > 0 && !('error' in event)))
    return undefined;
  const isError =
    (event['error'] !== undefined && event['error'] !== null) ||
    event['object'] === 'error' ||
    (!('choices' in event) && !('usage' in event) && readObject(event) !== undefined);
  if (!isError) return undefined;
  const found = readObject(event) ?? { message: JSON.stringify(event['error']) };
  const status = Number(
    isObject(event['error']) ? (event['error']['code'] ?? event['error']['status_code']) : undefined,
  );
  return classify(status >= 400 && status < 600 ? status : 500, found, new Headers());
}

function readBody(text: string): Found | undefined {
  const body = parseJson(text);
  if (typeof body === 'string' && body !== '') return { message: body };
  return isObject(body) ? readObject(body) : undefined;
}

/**
 * The shapes of errors, in the order they are tried. Source: the error bodies recorded or documented per provider
 * (llama.cpp, vLLM, TGI, Mistral, Cerebras, FastAPI, NIM, Fireworks, Databricks, Cloudflare, watsonx), checked 2026-11-23.
 */
function readObject(body: WireObject): Found | undefined {
  const { error, fault, errors, detail } = body;
  if (isObject(error)) return readFields(error) ?? { message: JSON.stringify(error) };
  if (typeof error === 'string') return { message: error, type: asText(body['error_type']) };
  if (isObject(fault))
    return {
      message: asText(fault['faultstring']) ?? JSON.stringify(fault),
      code: isObject(fault['detail']) ? asText(fault['detail']['errorcode']) : undefined,
    };
  if (Array.isArray(errors) && errors.length > 0)
    return isObject(errors[0]) ? readFields(errors[0]) : { message: String(errors[0]) };
  if (typeof detail === 'string') return { message: detail, type: asText(body['title']) };
  if (Array.isArray(detail) && detail.length > 0) return readDetails(detail);
  if (isObject(detail)) return readFields(detail) ?? { message: JSON.stringify(detail) };
  return readFields(body);
}

function readFields(held: WireObject): Found | undefined {
  const message =
    asText(held['message']) ??
    (isObject(held['message']) || Array.isArray(held['message']) ? JSON.stringify(held['message']) : undefined);
  if (message === undefined) return undefined;
  return {
    message,
    type: asText(held['type']),
    param: asText(held['param']),
    code: asText(held['code']) ?? asText(held['error_code']),
  };
}

function readDetails(details: readonly unknown[]): Found {
  const first = details.find(isObject);
  const place =
    first !== undefined && Array.isArray(first['loc'])
      ? first['loc'].filter((part) => part !== 'body').join('.')
      : undefined;
  const message = details
    .map((item) =>
      isObject(item) ? [place, asText(item['msg']) ?? JSON.stringify(item)].filter(Boolean).join(': ') : String(item),
    )
    .join('; ');
  return { message, param: place === '' ? undefined : place };
}

/** A code by the words of a message. Source: recorded messages of llama-server, vLLM, Ollama, TGI, Groq, Together, checked 2026-11-23. */
const codes: ReadonlyArray<readonly [code: string, status: number, words: RegExp]> = [
  [
    'context_length_exceeded',
    400,
    /exceed_context_size|context[ _](length|size|window)|maximum context|too large to process|prompt is too long|inputs? tokens.*must be|input is too long/i,
  ],
  ['invalid_api_key', 401, /invalid api key|incorrect api key|unauthorized|authentication_error/i],
  [
    'model_not_found',
    404,
    /model .*(not found|does not exist|not exist|is not available|unknown)|no such model|unknown model|model_not_found/i,
  ],
  ['insufficient_quota', 429, /quota|billing|credit balance/i],
  ['rate_limit_exceeded', 429, /rate.?limit|too many requests/i],
];

function classify(given: number, { message, type, param, code }: Found, headers: Headers): Refusal {
  const words = `${type ?? ''} ${code ?? ''} ${message}`;
  const match = codes.find(([name, at, pattern]) => pattern.test(words) && (at === given || fits(name, given)));
  const fallback = given === 401 ? 'invalid_api_key' : given === 429 ? 'rate_limit_exceeded' : null;
  const ownCode =
    code !== undefined && !/^\d+$/.test(code) && !/^(invalid_request_error|not_found_error)$/.test(code) ? code : null;
  // TGI answers 424 for a failed generation, which the SDK would not retry. Source: https://github.com/huggingface/text-generation-inference, checked 2026-11-23
  const status = match?.[0] === 'context_length_exceeded' ? 400 : given === 424 ? 500 : given;
  const error: WireError = {
    message,
    type: nameType(status, type),
    param: param ?? null,
    code: match?.[0] ?? ownCode ?? fallback,
  };
  return new Refusal(status, error, headers);
}

function fits(code: string, status: number): boolean {
  if (code === 'context_length_exceeded') return status === 413 || status === 422 || status === 500;
  return code === 'model_not_found' && (status === 400 || status === 422);
}

function nameType(status: number, given: string | undefined): string {
  if (status === 429)
    return given === 'insufficient_quota' || given === 'tokens' || given === 'requests' ? given : 'rate_limit_error';
  if (status >= 500) return 'server_error';
  return given !== undefined &&
    given.endsWith('_error') &&
    !/^(exceed_context_size|not_found|authentication|not_supported|server)_error$/.test(given)
    ? given
    : 'invalid_request_error';
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function describeText(body: string, headers: Headers): string {
  const html = /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(body);
  return `${html ? 'an HTML page' : 'text'}: ${body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)}`;
}
