import { readChatPrompt } from './chat-request.ts';
import { sendJson } from './http.ts';
import type { Route } from './route.ts';
import { now } from './wire-shapes.ts';

const STARTED = now();

/** GET /health; needs no key. */
export const health: Route = async ({ response }) => sendJson(response, 200, { status: 'ok' });

/** GET /v1/models: OpenAI's list, and beside it a second one in the manner of Ollama. */
export const models: Route = async ({ engine, response }) => {
  const { facts, modelId } = engine;
  const unknown = '';
  sendJson(response, 200, {
    models: [
      {
        name: modelId,
        model: modelId,
        modified_at: unknown,
        size: unknown,
        digest: unknown,
        type: 'model',
        description: unknown,
        tags: [unknown],
        capabilities: ['completion'],
        parameters: unknown,
        details: {
          parent_model: unknown,
          format: 'gguf',
          family: unknown,
          families: [unknown],
          parameter_size: unknown,
          quantization_level: unknown,
        },
      },
    ],
    object: 'list',
    data: [
      {
        id: modelId,
        aliases: [modelId],
        tags: [],
        object: 'model',
        created: STARTED,
        owned_by: 'llamacpp',
        meta: {
          vocab_type: 2,
          n_vocab: facts.vocabularySize,
          n_ctx: engine.contextSize,
          n_ctx_train: facts.trainedContext,
          n_embd: facts.embeddingSize,
          n_params: facts.parameters,
          size: facts.bytes,
          ftype: facts.fileType,
        },
      },
    ],
  });
};

/** GET /slots. */
export const slots: Route = async ({ engine, response, busySlots }) =>
  sendJson(
    response,
    200,
    Array.from({ length: engine.slots }, (_, id) => ({
      id,
      n_ctx: engine.contextSize,
      speculative: false,
      is_processing: id < busySlots,
    })),
  );

/** POST /v1/chat/completions/input_tokens. */
export const countChatTokens: Route = async ({ engine, body, response }) =>
  sendJson(response, 200, {
    input_tokens: await engine.countTokens(readChatPrompt(body)),
    object: 'response.input_tokens',
  });

/** POST /apply-template: the prompt as the model would see it. */
export const applyTemplate: Route = async ({ engine, body, response }) =>
  sendJson(response, 200, { prompt: await engine.formatPrompt(readChatPrompt(body)) });

/** POST /tokenize. */
export const tokenize: Route = async ({ engine, body, response }) => {
  const text = typeof body['content'] === 'string' ? body['content'] : '';
  const ids = await engine.tokenize(text);
  const pieces = body['with_pieces'] === true ? await engine.detokenize(ids) : undefined;
  sendJson(response, 200, { tokens: pieces ? ids.map((id, index) => ({ id, piece: pieces[index] ?? '' })) : ids });
};
