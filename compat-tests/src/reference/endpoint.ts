import { type Endpoint, type EndpointRequest, readText, type WireAnswer, writeJson } from '../endpoint.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { answerChat } from './chat.ts';
import { knownModels } from './models.ts';
import { Refusal, writeRefusal } from './refusal.ts';
import { answerResponses, countInput } from './responses.ts';
import { answerCompletions, answerEmbeddings, answerModerations } from './services.ts';
import { createState } from './state.ts';
import { answerBatches, answerConversations, answerFiles, answerStoredResponse } from './stored.ts';

/** The key the reference endpoint wants when no other is given. */
export const referenceKey = 'sk-reference';

const largestBody = 20 * 1024 * 1024;

/**
 * An endpoint in this process that answers as OpenAI's wire does, from a script: no model, no socket, the same every time.
 * What it says is made up; how it says it keeps to OpenAI's published schemas and to what was recorded of OpenAI.
 */
export function createReference({ apiKey = referenceKey }: { readonly apiKey?: string } = {}): Endpoint {
  const state = createState();
  const models = knownModels;

  const post = (route: string, body: JsonObject): WireAnswer | undefined => {
    if (route === 'chat/completions') return answerChat(body, state, models);
    if (route === 'completions') return answerCompletions(body, state, models);
    if (route === 'embeddings') return answerEmbeddings(body, models);
    if (route === 'moderations') return answerModerations(body, state, models);
    if (route === 'responses') return answerResponses(body, state, models);
    return route === 'responses/input_tokens' ? countInput(body, state) : undefined;
  };

  const answer = async (request: EndpointRequest): Promise<WireAnswer> => {
    const { method, path, query, headers, text } = request;
    if (method === 'OPTIONS') return { status: 204, headers: cors, pieces: [], ending: 'whole' };
    checkKey(headers['authorization'], apiKey);
    const route = decodeURIComponent(path.replace(/^\/v1/, '').replace(/^\/+/, '').replace(/\/$/, ''));
    const [first = '', ...rest] = route.split('/');
    const search = new URLSearchParams(query);
    if (first === 'models' && method === 'GET')
      return rest.length === 0 ? models.list() : models.retrieve(rest.join('/'));
    if (first === 'files') return answerFiles(method, rest, () => readForm(request), search, state);
    // What is cancelled needs no body.
    const body = method === 'POST' && !(text === '' && route.endsWith('/cancel')) ? readJson(text, headers) : {};
    if (first === 'batches') {
      return answerBatches(method, rest, body, headers['idempotency-key'], search, state, async (url, line) => {
        const made = await withRefusals(async () => post(url.replace('/v1/', ''), line) ?? refuseRoute(method, path));
        return { status: made.status, json: parseJson(readText(made)) };
      });
    }
    if (first === 'conversations') return answerConversations(method, rest, body, search, state);
    const posted = method === 'POST' ? post(route, body) : undefined;
    if (posted !== undefined) return posted;
    if (['chat/completions', 'completions', 'embeddings', 'moderations'].includes(route)) return refuseMethod(method);
    const [id, ...below] = rest;
    if (first === 'responses' && id !== undefined)
      return answerStoredResponse(method, id, below.join('/'), search, state);
    return refuseRoute(method, path);
  };

  return async (request) => {
    const made = await withRefusals(() => answer(request));
    return {
      ...made,
      headers: {
        ...made.headers,
        'x-request-id': state.createId('req_'),
        'openai-processing-ms': '2',
        ...limits,
        ...cors,
      },
    };
  };
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers': '*',
};

/** A day's limits that are never reached. Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers, checked 2026-11-25 */
const limits = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1999000',
  'x-ratelimit-reset-requests': '8.64s',
  'x-ratelimit-reset-tokens': '6ms',
};

async function withRefusals(answer: () => Promise<WireAnswer>): Promise<WireAnswer> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refusal) return writeRefusal(error);
    throw error;
  }
}

function checkKey(authorization: string | undefined, apiKey: string): void {
  if (authorization === `Bearer ${apiKey}`) return;
  if (authorization === undefined || authorization === '')
    throw new Refusal(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    );
  throw new Refusal(
    401,
    'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
    null,
    'invalid_api_key',
  );
}

function readJson(text: string, headers: Readonly<Record<string, string>>): JsonObject {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new Refusal(415, `Unsupported content encoding: '${headers['content-encoding']}'.`);
  if (text.length > largestBody) throw new Refusal(413, 'Request body too large.', null, 'request_too_large');
  const body = parseJson(text);
  if (isObject(body)) return body;
  throw new Refusal(
    400,
    body === undefined
      ? "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)"
      : `Invalid body: expected an object, but got ${JSON.stringify(body).slice(0, 20)} instead.`,
  );
}

async function readForm({ headers, text }: EndpointRequest): Promise<FormData> {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data'))
    throw new Refusal(400, "Invalid content type: expected 'multipart/form-data'.");
  return new Response(text, { headers: { 'content-type': type } }).formData();
}

const refuseRoute = (method: string, path: string): never => {
  throw new Refusal(404, `Invalid URL (${method} ${path})`);
};

function refuseMethod(method: string): WireAnswer {
  return writeJson(405, {
    error: {
      message: `Not allowed to ${method} on this route. (HINT: Perhaps you meant to use a different HTTP method?)`,
      type: 'invalid_request_error',
      param: null,
      code: 'method_not_supported',
    },
  });
}
