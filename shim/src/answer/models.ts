import type { Dialect } from '../dialect.ts';
import { Refusal, refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';

/** A model as OpenAI's API lists it, with whatever else the endpoint says. */
export interface WireModel extends WireObject {
  readonly id: string;
  readonly object: 'model';
  /** Unix time, seconds; 0 where the endpoint does not say. */
  readonly created: number;
  readonly owned_by: string;
}

/**
 * Reads a list of models in whatever form: OpenAI's, Together's bare array, Cohere's and Ollama's `models`, Cloudflare's `result`; `undefined` when it is none.
 * Names stand in `id`, Llama Stack's `identifier`, `name` or `model`. Source: the providers' recorded lists and their API references, checked 2026-11-23.
 */
export function readModelList(answer: unknown): readonly WireModel[] | undefined {
  const items = findItems(answer);
  return items?.flatMap((item) => {
    if (typeof item === 'string') return [makeModel(item, {})];
    if (!isObject(item)) return [];
    // Cloudflare's `id` is a number of its own; what requests name is `name`.
    const name = typeof item['name'] === 'string' && item['name'].startsWith('@') ? item['name'] : undefined;
    const id = [name, item['id'], item['identifier'], item['name'], item['model']].find(
      (value): value is string => typeof value === 'string' && value !== '',
    );
    return id === undefined ? [] : [makeModel(id, item)];
  });
}

function findItems(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) return undefined;
  return [answer['data'], answer['models'], answer['result']].find(Array.isArray);
}

function makeModel(id: string, item: WireObject): WireModel {
  return { ...item, id, object: 'model', created: readTime(item), owned_by: readOwner(id, item) };
}

/** Seconds from seconds, milliseconds (watsonx) or a date (`created_at`, `modified_at`); 0 where there is no time. */
function readTime(item: WireObject): number {
  const given = item['created'] ?? item['created_at'] ?? item['modified_at'];
  const time = typeof given === 'string' && /\D/.test(given) ? Date.parse(given) / 1000 : Number(given ?? 0);
  if (!Number.isFinite(time) || time <= 0) return 0;
  return Math.floor(time > 100_000_000_000 ? time / 1000 : time);
}

function readOwner(id: string, item: WireObject): string {
  const said = [item['owned_by'], item['organization'], item['provider_id'], item['owner']].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  // The organisation before the slash is the only owner the name itself tells.
  return said ?? (/^[\w.-]+\/[\w.-]+$/.test(id) ? id.slice(0, id.indexOf('/')) : 'unknown');
}

/** Brings a list of models into OpenAI's shape; other keys of the answer, such as those of paging, stay. Throws a `Refusal`. */
export function normaliseModels(
  answer: unknown,
  { extras }: Dialect,
  report: Report,
): WireObject & { readonly data: readonly WireModel[] } {
  const data = readModelList(answer);
  if (data === undefined)
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which is no list of models`,
      'invalid_answer',
    );
  noteGuesses(data, report);
  // llama-server repeats its list under `models`; Cohere and Ollama have it only there.
  const repeated = isObject(answer) ? omitKeys(answer, [...extras.models, 'models', 'result']) : {};
  return { ...repeated, object: 'list', data };
}

/** Brings one model into OpenAI's shape. Throws a `Refusal`. */
export function normaliseModel(answer: unknown, report: Report): WireModel {
  const inner = isObject(answer) && isObject(answer['data']) ? answer['data'] : answer;
  const [model] = readModelList([inner]) ?? [];
  if (model === undefined)
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which is no model`,
      'invalid_answer',
    );
  noteGuesses([model], report);
  return model;
}

function noteGuesses(models: readonly WireModel[], report: Report): void {
  const missing = [
    ...(models.some(({ created }) => created === 0) ? ['created'] : []),
    ...(models.some(({ owned_by: owner }) => owner === 'unknown') ? ['owned_by'] : []),
  ];
  if (missing.length > 0)
    report.add({
      code: 'model-fields-missing',
      severity: 'info',
      where: 'response.data[].*',
      what: `${missing.join(' and ')} filled with 0 or "unknown"`,
      why: 'OpenAI gives both, the endpoint does not',
      fix: '',
    });
}

/** Finds one model in a list, as `GET /models/{id}` answers it. Throws OpenAI's 404. */
export function pickModel(list: { readonly data: readonly WireModel[] }, requested: string, model: string): WireModel {
  const found = list.data.find(({ id }) => id === model) ?? list.data.find(({ id }) => id === `${model}:latest`);
  if (found !== undefined) return found;
  // Completed with what the endpoint has, as an error of the endpoint's own.
  throw new Refusal(
    404,
    {
      message: `The model '${requested}' does not exist at the endpoint`,
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
    new Headers(),
    { status: 404, type: undefined, code: 'model_not_found' },
  );
}
