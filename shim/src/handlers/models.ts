import { normaliseModels, pickModel } from '../answer/models.ts';
import { askJson, type Call } from '../call.ts';
import { jsonResponse } from '../response.ts';

/** Serves `GET /models` and `GET /models/{id}`; the latter from the list where the dialect has none. */
export async function answerModels(call: Call): Promise<Response> {
  const { ask, endpoint, path, requestedModel, model, dialect, report, migration } = call;
  const rule = dialect.endpoints[endpoint];
  const single = endpoint === 'models.retrieve';
  const emulated = single && typeof rule === 'object' && rule.kind === 'emulated';
  const { value, headers } = await askJson(
    ask,
    emulated ? '/models' : single ? `/models/${encodeURIComponent(model)}` : path,
  );
  if (single && !emulated) return jsonResponse(value, headers, report, migration);
  const list = normaliseModels(value, dialect);
  return jsonResponse(single ? pickModel(list, requestedModel, model) : list, headers, report, migration);
}
