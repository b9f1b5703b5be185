import { isObject, parseJson, type WireObject } from '../wire.ts';

/** What could be read of an error body in whatever shape. */
export interface ErrorBody {
  readonly message: string;
  readonly type?: string | undefined;
  readonly param?: string | undefined;
  readonly code?: string | undefined;
  /** HTTP status that stands in the body. */
  readonly status?: number | undefined;
  /** The body is OpenAI's own envelope: all four keys, and a type OpenAI uses. */
  readonly isOpenAI?: boolean;
  /** Seconds after which the endpoint expects to be ready. */
  readonly retryAfter?: number | undefined;
  readonly requestId?: string | undefined;
}

/** Reads an error body's text; `undefined` when it holds no error in a known shape. */
export function readErrorText(text: string): ErrorBody | undefined {
  const body = parseJson(text);
  if (typeof body === 'string' && body !== '') return { message: body };
  if (Array.isArray(body)) return isObject(body[0]) ? readErrorObject(body[0]) : undefined;
  return isObject(body) ? readErrorObject(body) : undefined;
}

/**
 * Reads an error object. The shapes, in the order they are tried: an `error` object or text, Fireworks' `fault`, lists of `errors`, FastAPI's `detail` (Llama Stack's nests a list of them),
 * flat fields. Source: the error bodies recorded or documented per provider (llama.cpp, vLLM, TGI, Ollama, Mistral, Cerebras, Baseten, Xiaomi, FastAPI,
 * NIM, Fireworks, Together, OpenRouter, Databricks, Cloudflare, watsonx, Hugging Face), checked 2026-11-23.
 */
export function readErrorObject(body: WireObject): ErrorBody | undefined {
  const found = readShape(body);
  if (found === undefined) return undefined;
  const id = [body['request_id'], body['requestId'], body['trace'], found.requestId].find(
    (value) => typeof value === 'string' && value !== '',
  );
  const wait = Number(body['estimated_time'] ?? Number.NaN);
  return {
    ...found,
    status: found.status ?? readStatus(body['status'] ?? body['status_code']),
    ...(typeof id === 'string' ? { requestId: id } : {}),
    ...(Number.isFinite(wait) ? { retryAfter: wait } : {}),
  };
}

function readShape(body: WireObject): ErrorBody | undefined {
  const { error, fault, errors, detail } = body;
  if (isObject(error)) return readErrorFields(error);
  if (typeof error === 'string' && error !== '') return { message: error, type: asText(body['error_type']) };
  if (isObject(fault))
    return {
      message: asText(fault['faultstring']) ?? JSON.stringify(fault),
      code: isObject(fault['detail']) ? asText(fault['detail']['errorcode']) : undefined,
    };
  if (Array.isArray(errors) && errors.length > 0)
    return isObject(errors[0]) ? readFields(errors[0]) : { message: String(errors[0]) };
  return readDetail(detail, asText(body['title'])) ?? readFields(body);
}

/** OpenAI's types of errors, by which its own envelope is told from a likeness. */
const ownTypes =
  /^(invalid_request_error|server_error|insufficient_quota|requests|tokens|image_generation_user_error)$/;

function readErrorFields(error: WireObject): ErrorBody {
  const { detail } = error;
  const found = readFields(error) ?? readDetail(detail) ?? { message: JSON.stringify(error) };
  const nested = isObject(error['metadata']) ? readNested(error['metadata']) : undefined;
  const isOpenAI =
    nested === undefined &&
    ['message', 'type', 'param', 'code'].every((key) => key in error) &&
    ownTypes.test(found.type ?? '') &&
    found.code !== found.type &&
    !/^\d+$/.test(found.code ?? '');
  return {
    ...found,
    ...(nested === undefined ? {} : { message: `${found.message} (${nested})` }),
    isOpenAI,
    status: readStatus(error['code'] ?? error['status_code'] ?? error['status']),
  };
}

/** OpenRouter puts the words of the provider behind it in `metadata.raw`. Source: https://openrouter.ai/docs/api-reference/errors, checked 2026-11-23. */
function readNested({ raw, provider_name: provider, reasons }: WireObject): string | undefined {
  const inner =
    typeof raw === 'string'
      ? (readErrorText(raw)?.message ?? raw)
      : isObject(raw)
        ? readErrorObject(raw)?.message
        : undefined;
  const said = [
    ...(inner === undefined || inner === '' ? [] : [inner.slice(0, 1000)]),
    ...(Array.isArray(reasons) ? [`reasons: ${reasons.join(', ')}`] : []),
  ].join('; ');
  if (said === '') return undefined;
  return typeof provider === 'string' ? `${provider}: ${said}` : said;
}

function readFields(held: WireObject): ErrorBody | undefined {
  const { message: given } = held;
  // Together, behind a router, nests the whole error under its message.
  if (isObject(given)) return readFields(given) ?? { message: JSON.stringify(given) };
  const message = asText(given) ?? (Array.isArray(given) ? JSON.stringify(given) : undefined) ?? asText(held['msg']);
  if (message === undefined) return undefined;
  const param = asText(held['param']);
  // Xiaomi explains the error in `param`; OpenAI's holds a path.
  const isPath = param !== undefined && !/\s/.test(param);
  const explained = param === undefined || isPath || message.includes(param) ? message : `${message}: ${param}`;
  return {
    message: explained,
    type: asText(held['type']),
    param: isPath ? param : undefined,
    code: asText(held['code']) ?? asText(held['error_code']),
    requestId: asText(held['request_id']),
  };
}

/** FastAPI's `detail` in its forms: a text, a list, or an object, which may hold the list. */
function readDetail(detail: unknown, title?: string): ErrorBody | undefined {
  if (typeof detail === 'string' && detail !== '') return { message: detail, type: title };
  if (Array.isArray(detail) && detail.length > 0) return readDetails(detail);
  if (!isObject(detail)) return undefined;
  return readDetail(detail['errors']) ?? readFields(detail) ?? { message: JSON.stringify(detail) };
}

/** FastAPI's list: each item with its place, the first place as the parameter. */
function readDetails(details: readonly unknown[]): ErrorBody {
  const items = details.map((item) => {
    if (!isObject(item)) return { place: '', text: String(item) };
    const place = Array.isArray(item['loc']) ? readPlace(item['loc']) : '';
    return { place, text: [place, asText(item['msg']) ?? JSON.stringify(item)].filter(Boolean).join(': ') };
  });
  const param = items.find(({ place }) => place !== '')?.place;
  return { message: items.map(({ text }) => text).join('; '), param };
}

/** Writes `["body", "tools", "list[Tool]", 0, "type"]` as OpenAI writes a path: `tools[0].type`. Names of types are pydantic's own. */
function readPlace(parts: readonly unknown[]): string {
  return parts
    .filter(
      (part) =>
        typeof part === 'number' || (typeof part === 'string' && /^[a-z_$][\w$]*$/.test(part) && part !== 'body'),
    )
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${String(part)}`))
    .join('');
}

function readStatus(value: unknown): number | undefined {
  const status = Number(value);
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined;
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
