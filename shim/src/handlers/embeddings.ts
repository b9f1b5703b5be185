import { normaliseEmbeddings } from '../answer/embeddings.ts';
import { askJson, type Call } from '../call.ts';
import { translateEmbeddings } from '../request/embeddings.ts';
import { jsonResponse } from '../response.ts';

/** Serves `POST /embeddings`. */
export async function answerEmbeddings({
  ask,
  path,
  body,
  requestedModel,
  model,
  dialect,
  report,
  migration,
}: Call): Promise<Response> {
  const { body: sent, wants, count } = translateEmbeddings(body ?? {}, model, dialect, report);
  const { value, headers } = await askJson(ask, path, JSON.stringify(sent));
  return jsonResponse(normaliseEmbeddings(value, wants, requestedModel, count, report), headers, report, migration);
}
