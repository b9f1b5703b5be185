import { readHiddenError, readUpstreamError } from './answer/upstream-error.ts';
import type { ReasoningPlace } from './config.ts';
import type { Dialect } from './dialect.ts';
import type { EmbeddingSettings } from './embedding-settings.ts';
import type { EndpointId } from './endpoints.ts';
import type { Guard } from './guard/place.ts';
import { listHeaders } from './headers.ts';
import { Refusal } from './refusal.ts';
import type { Report } from './report.ts';
import type { ImageSettings } from './images/settings.ts';
import type { ResponsesSettings } from './responses/options.ts';
import { type Ask, TransportFailure } from './transport.ts';
import { parseJson, type WireObject } from './wire.ts';

/** Everything a handler of one endpoint needs. */
export interface Call {
  readonly endpoint: EndpointId;
  readonly ask: Ask;
  readonly method: string;
  /** The client's own, for what runs on its behalf. */
  readonly signal: AbortSignal | undefined;
  /** Path below the base URL with its query. */
  readonly path: string;
  /** The request's JSON; `undefined` when it has none. */
  readonly body: WireObject | undefined;
  readonly dialect: Dialect;
  readonly requestedModel: string;
  readonly model: string;
  /** Of the target, without a slash at the end: with the model it names what is remembered of an endpoint. */
  readonly baseURL: string;
  readonly reasoning: ReasoningPlace;
  readonly responses: ResponsesSettings;
  readonly embeddings: EmbeddingSettings;
  readonly images: ImageSettings | undefined;
  /** The guard model that the settings name. */
  readonly guard: Guard | undefined;
  /** The request's form, of an audio upload. */
  readonly form: FormData | undefined;
  readonly report: Report;
}

/** Serves one endpoint; throws a `Refusal`. */
export type Handler = (call: Call) => Promise<Response>;

/** Asks for a JSON answer. Throws a `Refusal` for an error, an error inside a 200, and what is no JSON. */
export async function askJson(
  ask: Ask,
  path: string,
  body?: string,
): Promise<{ readonly value: unknown; readonly headers: Headers }> {
  const response = await ask(path, body === undefined ? {} : { body });
  const headers = copyHeaders(response);
  const text = await readText(response);
  if (response.status >= 400) throw readUpstreamError(response.status, text, headers);
  return { value: readAnswer(text, response.status, headers), headers };
}

/** Reads the JSON text of an answer. Throws a `Refusal`. */
export function readAnswer(text: string, status: number, headers: Headers): unknown {
  const value = parseJson(text);
  if (value === undefined)
    throw new Refusal(
      502,
      { ...readUpstreamError(status, text, headers).error, type: 'server_error', code: 'invalid_answer' },
      headers,
    );
  const hidden = readHiddenError(value, headers);
  if (hidden !== undefined) throw hidden;
  return value;
}

/** Copies headers into the platform's class: node-fetch has its own. */
export function copyHeaders(response: Response | undefined): Headers {
  return new Headers(listHeaders(response?.headers).map(([name, value]): [string, string] => [name, value]));
}

/** Reads a body's text. A connection that breaks meanwhile is the transport's failure, which the SDK retries. */
export async function readText(response: Response): Promise<string> {
  return response.text().catch((cause: unknown) => {
    throw new TransportFailure('the answer broke off', { cause });
  });
}
