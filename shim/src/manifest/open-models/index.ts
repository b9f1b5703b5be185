import { embeddingModels } from './embedding.ts';
import type { EmbeddingShape, OpenModel } from './entry.ts';
import { gptOssModels } from './gpt-oss.ts';
import { llamaModels } from './llama.ts';
import { otherModels } from './others.ts';

/** Every open model of the catalogue. */
export const openModels: readonly OpenModel[] = [...llamaModels, ...gptOssModels, ...otherModels, ...embeddingModels];

const byName = new Map<string, OpenModel>();
for (const model of openModels) {
  const id = model.id.toLowerCase();
  for (const name of [id, id.slice(id.indexOf('/') + 1), ...model.aliases.map((alias) => alias.toLowerCase())])
    if (!byName.has(name)) byName.set(name, model);
}

/** What hosts add to a name and it stays the same model: precision, speed, packing. */
const dressing = /[-_.](?:fp8|fp4|nvfp4|bf16|awq|gptq|int[48]|turbo|fast|gguf|q\d(?:_[a-z0-9]+)*)$/;

/**
 * Finds an open model by whatever a host or an engine calls it: in any case, behind organisations and hosts (`meta-llama/…`, `@cf/meta/…`,
 * `accounts/fireworks/models/…`, `us.meta…`), with a tag or a provider (`:latest`, `:groq`), quantised (`-FP8`, `-GGUF`). `undefined` for names it does not know.
 */
export function findOpenModel(name: string): OpenModel | undefined {
  const given = name
    .trim()
    .toLowerCase()
    .replace(/\.gguf$/, '');
  for (const candidate of [given, given.slice(given.lastIndexOf('/') + 1)]) {
    const found =
      byName.get(candidate) ?? byName.get(candidate.replace(/^(?:us|eu|apac|global)\./, '')) ?? byTag(candidate);
    if (found !== undefined) return found;
    let bare = candidate;
    while (dressing.test(bare)) {
      bare = bare.replace(dressing, '');
      const plain = byName.get(bare);
      if (plain !== undefined) return plain;
    }
  }
  return undefined;
}

/** A tag that is a size or a version names another model; `latest` and a provider's name do not. */
function byTag(name: string): OpenModel | undefined {
  const colon = name.lastIndexOf(':');
  if (colon < 1 || /\d/.test(name.slice(colon + 1))) return undefined;
  return byName.get(name.slice(0, colon));
}

/** Tells whether a model's vectors may be cut to a width; `unknown` where nobody has checked, or nobody knows the model. */
export function allowsWidth(shape: EmbeddingShape | undefined, width: number): boolean | 'unknown' {
  if (shape === undefined || shape.matryoshka === 'unknown') return 'unknown';
  if (width === shape.width) return true;
  if (shape.matryoshka === false) return false;
  if ('from' in shape.matryoshka) return width >= shape.matryoshka.from && width <= shape.matryoshka.to;
  return shape.matryoshka.includes(width);
}

export type { EmbeddingShape, Known, OpenModel } from './entry.ts';
