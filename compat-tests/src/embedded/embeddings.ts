import { BATCH_TOKENS } from './engine-child.ts';
import type { Engine } from './engine.ts';
import { sendJson } from './http.ts';
import type { Route } from './route.ts';
import { invalidRequest, serverError, WireError } from './wire-error.ts';

/** Inputs of a request: texts, or lists of tokens, one or many. */
async function readInputs(engine: Engine, input: unknown): Promise<string[]> {
  if (input === undefined || input === null) throw invalidRequest('"input" or "content" must be provided');
  const isTokens = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
  const list = Array.isArray(input) && !isTokens(input) ? (input as unknown[]) : [input];
  const texts: string[] = [];
  for (const item of list) {
    if (typeof item === 'string') texts.push(item);
    else if (isTokens(item)) texts.push((await engine.detokenize(item)).join(''));
    else throw invalidRequest('"input" must be a string, a list of tokens, or a list of these');
  }
  return texts;
}

/**
 * POST /v1/embeddings. A llama-server is started for chat or for embeddings; this endpoint does both, each in a context of its own. Everything else is
 * llama-server's: `dimensions` is ignored, base64 items say so themselves, a text over the batch is a server error.
 */
export const embeddings: Route = async ({ engine, body, response, options }) => {
  if (!options.embeddings) {
    throw new WireError(
      501,
      'not_supported_error',
      'This server does not support embeddings. Start it with `--embeddings`',
    );
  }
  const texts = await readInputs(engine, body['input'] ?? body['content']);
  const format = body['encoding_format'] ?? 'float';
  if (format !== 'float' && format !== 'base64')
    throw invalidRequest('The format to return the embeddings in. Can be either float or base64');
  let tokens = 0;
  for (const text of texts) {
    const count = (await engine.tokenize(text)).length + 1;
    // Above the batch the engine would wait for ever.
    if (count > BATCH_TOKENS) {
      throw serverError(
        `input (${count} tokens) is too large to process. increase the physical batch size (current batch size: ${BATCH_TOKENS})`,
      );
    }
    tokens += count;
  }
  const vectors = await Promise.all(texts.map((text) => engine.embed(text)));
  const data = vectors.map((vector, index) =>
    format === 'base64'
      ? {
          embedding: Buffer.from(Float32Array.from(vector).buffer).toString('base64'),
          index,
          object: 'embedding',
          encoding_format: 'base64',
        }
      : { embedding: vector, index, object: 'embedding' },
  );
  sendJson(response, 200, {
    model: engine.modelId,
    object: 'list',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    data,
  });
};
