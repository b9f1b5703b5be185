import { type EmbeddingPart, joinEmbeddings, readEmbeddings } from '../answer/embeddings.ts';
import { askJson, type Call } from '../call.ts';
import { refuseRequest } from '../refusal.ts';
import { translateEmbeddings } from '../request/embeddings.ts';
import { jsonResponse } from '../response.ts';

/** How many requests of one call are under way at once. */
const atOnce = 4;

/** Serves `POST /embeddings`. */
export async function answerEmbeddings(call: Call): Promise<Response> {
  const { ask, path, body, requestedModel, model, dialect, embeddings: settings, report, migration } = call;
  if (body === undefined) throw refuseRequest('the request body is not a JSON object', null, 'invalid_json');
  const { bodies, plan } = translateEmbeddings(body, { requestedModel, model, dialect, settings, report });
  const parts: EmbeddingPart[] = [];
  let first: Headers | undefined;
  for (let at = 0; at < bodies.length; at += atOnce) {
    const batch = bodies.slice(at, at + atOnce).map(async (sent) => {
      const { value, headers } = await askJson(ask, path, JSON.stringify(sent));
      first ??= headers;
      const count = bodies.length === 1 ? plan.count : (sent['input'] as readonly unknown[]).length;
      return readEmbeddings(value, count, plan, report);
    });
    parts.push(...(await Promise.all(batch)));
  }
  return jsonResponse(joinEmbeddings(parts, plan, report), first, report, migration);
}
