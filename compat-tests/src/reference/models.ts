import { type WireAnswer, writeJson } from '../endpoint.ts';
import { Refusal } from './refusal.ts';

/** A model of the reference endpoint. */
interface Model {
  readonly name: string;
  readonly serves: 'chat' | 'embeddings' | 'moderations';
  /** Takes images. */
  readonly sees: boolean;
  /** Thinks before it answers, and counts the tokens of it. */
  readonly reasons: boolean;
}

/** The models, by name. */
export interface Models {
  /** @throws {Refusal} 404 model_not_found; `status` 400 where the Responses API says so. */
  readonly find: (name: unknown, serves: Model['serves'], status?: 400 | 404) => Model;
  readonly list: () => WireAnswer;
  readonly retrieve: (name: string) => WireAnswer;
}

/** The models the reference endpoint has. */
export const referenceModels = {
  chat: 'reference-chat',
  vision: 'reference-vision',
  reasoning: 'reference-reasoning',
  embeddings: 'reference-embedding',
  moderations: 'reference-moderation',
} as const;

const models: readonly Model[] = [
  { name: referenceModels.chat, serves: 'chat', sees: false, reasons: false },
  { name: referenceModels.vision, serves: 'chat', sees: true, reasons: false },
  { name: referenceModels.reasoning, serves: 'chat', sees: false, reasons: true },
  { name: referenceModels.embeddings, serves: 'embeddings', sees: false, reasons: false },
  { name: referenceModels.moderations, serves: 'moderations', sees: false, reasons: false },
];

const describe = ({ name }: Model) => ({ id: name, object: 'model', created: 1_780_000_000, owned_by: 'migrate-llm' });

/** Reads and finds the reference models. */
export const knownModels: Models = {
  find: (name, serves, status = 404) => {
    const found = models.find((one) => one.name === name && one.serves === serves);
    if (found !== undefined) return found;
    throw status === 404
      ? new Refusal(
          404,
          `The model \`${String(name)}\` does not exist or you do not have access to it.`,
          null,
          'model_not_found',
        )
      : new Refusal(400, `The requested model '${String(name)}' does not exist.`, 'model', 'model_not_found');
  },
  list: () => writeJson(200, { object: 'list', data: models.map(describe) }),
  retrieve: (name) => {
    const found = models.find((one) => one.name === name);
    if (found === undefined) throw new Refusal(404, `The model '${name}' does not exist`, 'model', 'model_not_found');
    return writeJson(200, describe(found));
  },
};
