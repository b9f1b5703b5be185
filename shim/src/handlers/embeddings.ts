import { type EmbeddingPart, joinEmbeddings, readEmbeddings } from '../answer/embeddings.ts';
import { askJson, type Call } from '../call.ts';
import { Refusal, refuseRequest } from '../refusal.ts';
import { type BatchLimit, findBatchLimit, learnBatchLimit } from '../request/batch-limit.ts';
import { type EmbeddingTranslation, splitInputs, translateEmbeddings } from '../request/embeddings.ts';
import { jsonResponse } from '../response.ts';

/** How many requests of one call are under way at once. */
const atOnce = 4;

/** Serves `POST /embeddings`. */
export async function answerEmbeddings(call: Call): Promise<Response> {
  const { body, requestedModel, model, dialect, baseURL, embeddings: settings, report } = call;
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const translation = translateEmbeddings(body, { requestedModel, model, dialect, settings, report });
  const { parts, headers } = await askParts(call, translation, findBatchLimit(dialect, baseURL, model));
  return jsonResponse(joinEmbeddings(parts, translation.plan, report), headers, report);
}

interface Asked {
  readonly parts: readonly EmbeddingPart[];
  /** Of the first answer. */
  readonly headers: Headers | undefined;
}

async function askParts(call: Call, translation: EmbeddingTranslation, limit: BatchLimit | undefined): Promise<Asked> {
  const { ask, path, report, baseURL, model } = call;
  const { body, inputs, plan } = translation;
  const requests = splitInputs(inputs, limit, report);
  const parts: EmbeddingPart[] = [];
  let headers: Headers | undefined;
  try {
    for (let at = 0; at < requests.length; at += atOnce) {
      const answers = requests.slice(at, at + atOnce).map(async ({ input, count }) => {
        const answer = await askJson(ask, path, JSON.stringify({ ...body, input }));
        headers ??= answer.headers;
        return readEmbeddings(answer.value, count, plan, report);
      });
      parts.push(...(await Promise.all(answers)));
    }
    return { parts, headers };
  } catch (error) {
    const smaller =
      error instanceof Refusal ? learnBatchLimit(error, requests[0]?.count ?? 0, baseURL, model) : undefined;
    if (smaller === undefined) throw error;
    return askParts(call, translation, smaller);
  }
}
