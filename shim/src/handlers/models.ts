import { normaliseModel, normaliseModels, pickModel } from '../answer/models.ts';
import { askJson, type Call } from '../call.ts';
import { Refusal } from '../refusal.ts';
import { jsonResponse } from '../response.ts';

/** Serves `GET /models` and `GET /models/{id}`; the latter from the list where the endpoint has none. */
export async function answerModels(call: Call): Promise<Response> {
  const { endpoint, path } = call;
  if (endpoint === 'models.retrieve') return retrieveModel(call);
  const { value, headers } = await askJson(call.ask, path);
  return jsonResponse(normaliseModels(value, call.dialect, call.report), headers, call.report);
}

async function retrieveModel(call: Call): Promise<Response> {
  const { ask, requestedModel, model, dialect, report } = call;
  const rule = dialect.endpoints['models.retrieve'];
  let missing: unknown;
  if (typeof rule !== 'object' || rule.kind !== 'emulated')
    try {
      const { value, headers } = await askJson(ask, `/models/${encodeURIComponent(model)}`);
      return jsonResponse(normaliseModel(value, report), headers, report);
    } catch (error) {
      // A model that is not there and an endpoint without this route answer alike: the list tells which.
      if (!(error instanceof Refusal) || error.upstream?.status !== 404) throw error;
      missing = error;
    }
  const { value, headers } = await askJson(ask, '/models').catch((error: unknown) => {
    throw missing ?? error;
  });
  const found = pickModel(normaliseModels(value, dialect, report), requestedModel, model);
  return jsonResponse(found, headers, report);
}
