import type { JsonObject } from '../../json.ts';

import { readText, type WireAnswer, writeJson, writePieces } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onAnswer } from './places.ts';

const bare = (status: number, type: string, text: string): WireAnswer => ({
  status,
  headers: { 'content-type': type },
  pieces: writePieces(text),
  ending: 'whole',
});

const models = /\/models$/;
const onModels = (change: (body: JsonObject) => unknown): WireFault['put'] =>
  onAnswer((answer, { method, path }) => {
    if (method !== 'GET' || !models.test(path) || answer.status !== 200) return undefined;
    return { ...answer, pieces: writePieces(JSON.stringify(change(JSON.parse(readText(answer)) as JsonObject))) };
  });
const eachModel = (change: (model: JsonObject) => JsonObject) =>
  onModels((body) => ({ ...body, data: (body['data'] as readonly JsonObject[]).map(change) }));

/** The list of models and its entries. */
export const modelFaults: readonly WireFault[] = [
  {
    id: 'models-bare-list',
    level: 'must',
    summary: 'the list of models is a bare list',
    seen: ['together chat.model_echo'],
    put: onModels(({ data }) => data),
  },
  {
    id: 'models-object-absent',
    level: 'must',
    summary: 'the list of models does not say that it is a list',
    seen: ['case MOD-01'],
    put: onModels(({ object: _object, ...rest }) => rest),
  },
  {
    id: 'models-under-models',
    level: 'must',
    summary: 'models stand under `models`',
    seen: ['case MOD-01'],
    put: onModels(({ data }) => ({ models: data })),
  },
  {
    id: 'model-created-text',
    level: 'must',
    summary: 'the time of a model is a text',
    seen: ['case MOD-01'],
    put: eachModel((model) => ({ ...model, created: '2026-11-25' })),
  },
  {
    id: 'model-created-absent',
    level: 'must',
    summary: 'a model has no time',
    seen: ['case MOD-01'],
    put: eachModel(({ created: _created, ...rest }) => rest),
  },
  {
    id: 'model-owner-absent',
    level: 'must',
    summary: 'a model has no owner',
    seen: ['case MOD-01'],
    put: eachModel(({ owned_by: _owner, ...rest }) => rest),
  },
  {
    id: 'model-object-absent',
    level: 'must',
    summary: 'a model does not say what object it is',
    seen: ['case MOD-01'],
    put: eachModel(({ object: _object, ...rest }) => rest),
  },
  {
    id: 'model-unlisted',
    level: 'must',
    summary: 'the model in use is not in the list',
    seen: ['case MOD-02'],
    put: eachModel((model) => ({ ...model, id: `models/${String(model['id'])}.gguf` })),
  },
  {
    id: 'models-empty',
    level: 'must',
    summary: 'the list of models is empty',
    seen: ['case MOD-02'],
    put: onModels((body) => ({ ...body, data: [] })),
  },
  {
    id: 'models-route-absent',
    level: 'must',
    summary: 'there is no list of models',
    seen: ['azure-openai errors.code'],
    put: insteadOf(({ path }) => (models.test(path) ? bare(404, 'text/plain', '404 page not found') : undefined)),
  },
  {
    id: 'model-not-retrievable',
    level: 'should',
    summary: 'a listed model cannot be asked for',
    seen: ['case MOD-03'],
    put: insteadOf(({ path }) =>
      /\/models\/./.test(path)
        ? writeJson(404, { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } })
        : undefined,
    ),
  },
  {
    id: 'models-need-no-key',
    level: 'should',
    summary: 'the list of models needs no key',
    seen: ['case MOD-05'],
    put: onAnswer((answer, { path }) =>
      models.test(path) && answer.status === 401 ? writeJson(200, { object: 'list', data: [] }) : undefined,
    ),
  },
];
