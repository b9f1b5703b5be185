/**
 * Stands in for api.openai.com, in process: answers in the shapes of https://platform.openai.com/docs/api-reference
 * and with the errors of https://platform.openai.com/docs/guides/error-codes (both checked 2026-11-25).
 * What it says is made up for this example; only the shapes are OpenAI's.
 */
export interface SyntheticOpenAI {
  readonly fetch: typeof globalThis.fetch;
  /** The next request gets a 429. */
  readonly beBusyOnce: () => void;
  /** From now on the model does not exist. */
  readonly retire: (model: string) => void;
}

interface ChatRequest {
  readonly model: string;
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string | null }>;
  readonly stream?: boolean;
  readonly tools?: unknown;
}

interface EmbeddingsRequest {
  readonly model: string;
  readonly input: readonly string[];
}

const created = 1_764_061_200;
const snapshots: Readonly<Record<string, string>> = { 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' };

/** Makes a stand-in that accepts one key. */
export function createSyntheticOpenAI(key: string): SyntheticOpenAI {
  const retired = new Set<string>();
  let busy = false;
  let count = 0;

  const answer = (path: string, authorization: string | null, body: ChatRequest & EmbeddingsRequest): Response => {
    if (authorization !== `Bearer ${key}`)
      return answerError(
        401,
        'Incorrect API key provided: sk-wrong***-key. You can find your API key at https://platform.openai.com/account/api-keys.',
        'invalid_request_error',
        'invalid_api_key',
      );
    if (busy) {
      busy = false;
      const limited = answerError(
        429,
        `Rate limit reached for ${body.model} on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.`,
        'requests',
        'rate_limit_exceeded',
      );
      limited.headers.set('retry-after-ms', '1');
      return limited;
    }
    if (retired.has(body.model))
      return answerError(
        404,
        `The model \`${body.model}\` does not exist or you do not have access to it.`,
        'invalid_request_error',
        'model_not_found',
      );
    if (path === '/v1/embeddings') return answerEmbeddings(body);
    count += 1;
    return body.stream === true ? streamChat(body, count) : answerChat(body, count);
  };

  return {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const body = JSON.parse(await request.text()) as ChatRequest & EmbeddingsRequest;
      const response = answer(new URL(request.url).pathname, request.headers.get('authorization'), body);
      response.headers.set('x-request-id', `req_synthetic_${String(count).padStart(4, '0')}`);
      return response;
    },
    beBusyOnce: () => void (busy = true),
    retire: (model) => void retired.add(model),
  };
}

function answerError(status: number, message: string, type: string, code: string | null): Response {
  return Response.json({ error: { message, type, param: null, code } }, { status });
}

function answerChat(request: ChatRequest, count: number): Response {
  const wantsTool = request.tools !== undefined && request.messages.at(-1)?.role === 'user';
  const orderId = /KL-\d+/.exec(readTicket(request))?.[0] ?? null;
  const message = wantsTool
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: `call_Synthetic${String(count).padStart(15, '0')}`,
            type: 'function',
            function: { name: 'look_up_order', arguments: JSON.stringify({ order_id: orderId }) },
          },
        ],
        refusal: null,
        annotations: [],
      }
    : {
        role: 'assistant',
        content: request.tools === undefined ? writeTriage(request, orderId) : writeNote(request),
        refusal: null,
        annotations: [],
      };
  return Response.json({
    ...writeEnvelope(request, count, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: wantsTool ? 'tool_calls' : 'stop' }],
    usage: writeUsage(request, JSON.stringify(message)),
  });
}

function streamChat(request: ChatRequest, count: number): Response {
  const text = writeDraft(request);
  const envelope = writeEnvelope(request, count, 'chat.completion.chunk');
  const piece = (delta: object, finish_reason: string | null) => ({
    ...envelope,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  const chunks = [
    piece({ role: 'assistant', content: '', refusal: null }, null),
    ...(text.match(/\s*\S+/g) ?? []).map((word) => piece({ content: word }, null)),
    piece({}, 'stop'),
    { ...envelope, choices: [], usage: writeUsage(request, text) },
  ];
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const event = events.shift();
      if (event === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(`data: ${event}\n\n`));
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

/** Source of the wording: https://github.com/microsoft/PubSec-Info-Assistant/issues/755, checked 2026-11-25 */
function answerEmbeddings({ model, input }: EmbeddingsRequest): Response {
  const tokens = input.map(countTokens);
  const longest = Math.max(...tokens);
  if (longest > 8192)
    return answerError(
      400,
      `This model's maximum context length is 8192 tokens, however you requested ${longest} tokens (${longest} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
      'invalid_request_error',
      null,
    );
  const total = tokens.reduce((sum, some) => sum + some, 0);
  return Response.json({
    object: 'list',
    data: input.map((text, index) => ({ object: 'embedding', index, embedding: writeVector(text) })),
    model,
    usage: { prompt_tokens: total, total_tokens: total },
  });
}

/** Unit vectors of text-embedding-3-small's 1536 numbers, base64 as the SDK asks for them: words hashed into places. */
function writeVector(text: string): string {
  const numbers = new Float32Array(1536);
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
    const place = [...word].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1536, 7);
    numbers[place] = (numbers[place] ?? 0) + 1;
  }
  const length = Math.hypot(...numbers);
  return Buffer.from(numbers.map((value) => value / length).buffer).toString('base64');
}

function writeEnvelope({ model }: ChatRequest, count: number, object: string) {
  return {
    id: `chatcmpl-Synthetic${String(count).padStart(12, '0')}`,
    object,
    created: created + count,
    model: snapshots[model] ?? model,
    service_tier: 'default',
    system_fingerprint: 'fp_synthetic00',
  };
}

function writeUsage({ messages }: ChatRequest, answer: string) {
  const prompt = countTokens(JSON.stringify(messages));
  const completion = countTokens(answer);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** A rough count: a token for four letters of prose, for two of anything without spaces. */
function countTokens(text: string): number {
  return Math.ceil(text.length / (/\s/.test(text.slice(0, 200)) ? 4 : 2));
}

function readTicket({ messages }: ChatRequest): string {
  return messages.find(({ role }) => role === 'user')?.content ?? '';
}

function writeTriage(request: ChatRequest, order_id: string | null): string {
  const isBroken = /crack|broken/.test(readTicket(request));
  return JSON.stringify({
    category: isBroken ? 'damage' : 'delivery',
    urgency: 'normal',
    order_id,
    summary: isBroken ? 'The teapot arrived with a crack.' : 'The parcel has not moved for a week.',
  });
}

function writeNote(request: ChatRequest): string {
  return /crack/.test(readTicket(request))
    ? 'KL-1055 was delivered by DHL. The customer wants a new teapot; ask for a photo first.'
    : 'KL-1042 was shipped by post. Ask the carrier to look for it.';
}

function writeDraft(request: ChatRequest): string {
  return /crack/.test(readTicket(request))
    ? 'Dear Jonas, we are sorry about the crack. Send us a photo and a new teapot is on its way. Kettle & Leaf'
    : 'Dear Mira, your parcel left us by post and seems to be stuck. We are asking the carrier to look for it. Kettle & Leaf';
}
