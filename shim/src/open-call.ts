import type { ReadRequest } from './client-request.ts';
import type { FormRequest } from './multipart.ts';
import { cutBase, type EndpointId, findEndpoint } from './endpoints.ts';
import type { ActiveSetup } from './setup.ts';
import { isObject, parseJson, type WireObject } from './wire.ts';

/** What a call is, whoever answers it. */
export interface OpenCall {
  readonly request: ReadRequest;
  readonly url: URL;
  /** Path below the base URL. */
  readonly path: string;
  readonly endpoint: EndpointId;
  /** The body as it came; '' where it is no text. */
  readonly text: string;
  readonly body: WireObject | undefined;
  /** The form of an audio upload. */
  readonly form: FormData | undefined;
  /** '' when the call names none. */
  readonly requestedModel: string;
  readonly callSite: string | undefined;
}

/** Reads what a request asks for. */
export function openCall(
  { request, form }: FormRequest,
  { target, callSite }: Pick<ActiveSetup, 'target' | 'callSite'>,
): OpenCall {
  const url = new URL(request.url);
  const path = cutBase(url, target === 'openai' ? undefined : target.baseURL);
  const endpoint = findEndpoint(request.method, path);
  const text = typeof request.init.body === 'string' ? request.init.body : '';
  const json = text === '' ? undefined : parseJson(text);
  const body = isObject(json) ? json : undefined;
  const requestedModel = readModel(url, path, endpoint, body ?? { model: form?.get('model') });
  return { request, url, path, endpoint, text, body, form, requestedModel, callSite: request.callSite ?? callSite };
}

/** Azure names the model's deployment in the path, where the body may leave it out. */
function readModel(url: URL, path: string, endpoint: EndpointId, body: WireObject): string {
  if (endpoint === 'models.retrieve') return decodeURIComponent(path.slice('/models/'.length));
  if (typeof body['model'] === 'string' && body['model'] !== '') return body['model'];
  return decodeURIComponent(/\/deployments\/([^/]+)\//.exec(url.pathname)?.[1] ?? '');
}
