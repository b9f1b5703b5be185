import { ShimConfigError } from './config-error.ts';
import { checkKeys, needObject } from './config-shape.ts';
import { isObject } from './wire.ts';

/** What the app's owner says about embeddings. */
export interface EmbeddingSettings {
  /** Names the app asks for whose index was built anew with the model that answers now: without it another model's vectors are warned of, and refused under `strict`. */
  readonly rebuilt?: readonly string[];
  /** Widths that vectors of a model may be cut to, by its name at the endpoint: say it where you know the model was trained for it (Matryoshka) and the catalogue does not. */
  readonly widths?: Readonly<Record<string, readonly number[]>>;
}

/** Checks the setting `embeddings`. `from` names it in errors. Throws `ShimConfigError`. */
export function checkEmbeddings(value: unknown, from: string): void {
  const settings = needObject(value, from);
  checkKeys(settings, ['rebuilt', 'widths'], from);
  const { rebuilt, widths } = settings;
  if (rebuilt !== undefined && !(Array.isArray(rebuilt) && rebuilt.every((name) => typeof name === 'string')))
    throw new ShimConfigError(`${from}.rebuilt must be a list of model names, as the app asks for them`);
  if (widths === undefined) return;
  if (!isObject(widths)) throw new ShimConfigError(`${from}.widths must be an object {"model": [width, …]}`);
  for (const [model, list] of Object.entries(widths))
    if (!Array.isArray(list) || !list.every((width) => Number.isInteger(width) && width > 0))
      throw new ShimConfigError(`${from}.widths["${model}"] must be a list of whole numbers above 0`);
}

/** Adds up settings, the later over the earlier. */
export function joinEmbeddings(...given: ReadonlyArray<EmbeddingSettings | undefined>): EmbeddingSettings {
  return {
    rebuilt: given.flatMap((settings) => settings?.rebuilt ?? []),
    widths: Object.assign({}, ...given.map((settings) => settings?.widths ?? {})) as Record<string, readonly number[]>,
  };
}
