import type { Dialect } from '../dialect.ts';
import { Refusal, refuseAnswer } from '../refusal.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';

/** Brings a list of models into OpenAI's shape. A bare array is a list too. Throws a `Refusal`. */
export function normaliseModels(
  answer: unknown,
  { extras }: Dialect,
): WireObject & { readonly data: readonly WireObject[] } {
  const items = Array.isArray(answer)
    ? answer
    : isObject(answer) && Array.isArray(answer['data'])
      ? answer['data']
      : undefined;
  if (items === undefined)
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which is no list of models`,
      'invalid_answer',
    );
  const data = items.filter(isObject).map((item) => ({
    ...item,
    id: String(item['id'] ?? item['name']),
    object: 'model',
    created: Math.floor(Number(item['created'] ?? 0)),
    owned_by: String(item['owned_by'] ?? 'unknown'),
  }));
  return { ...(isObject(answer) ? omitKeys(answer, extras.models) : {}), object: 'list', data };
}

/** Finds one model in a list, as `GET /models/{id}` answers it. Throws OpenAI's 404. */
export function pickModel(
  list: { readonly data: readonly WireObject[] },
  requested: string,
  model: string,
): WireObject {
  const found = list.data.find(({ id }) => id === model);
  if (found !== undefined) return found;
  const known = list.data.map(({ id }) => id).join(', ');
  throw new Refusal(404, {
    message: `The model '${requested}' does not exist at the endpoint; it has: ${known || 'none'}`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  });
}
