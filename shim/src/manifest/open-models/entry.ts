import type { LicenceId } from '../licences.ts';

/** Yes, no, or nobody has checked. */
export type Known<T> = T | 'unknown';

/** What a model with open weights is and can do, whoever serves it. */
export interface OpenModel {
  /** Its repository on Hugging Face, which vLLM and SGLang use as its name. */
  readonly id: string;
  /** Other names that hosts and engines give it. */
  readonly aliases: readonly string[];
  readonly kind: 'chat' | 'guard' | 'embedding' | 'transcription';
  /** Longest input and output together, tokens; a server may be set to less. */
  readonly context: Known<number>;
  readonly tools: Known<boolean>;
  /** Takes images. */
  readonly vision: Known<boolean>;
  /** Thinks before it answers. */
  readonly reasoning: Known<boolean>;
  readonly licence: LicenceId;
  /** Of embedding models only. */
  readonly embedding?: EmbeddingShape;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

/** The vectors of an embedding model. */
export interface EmbeddingShape {
  /** Numbers per vector. */
  readonly width: Known<number>;
  /** Widths its vectors may be cut to, because it was trained for it (Matryoshka): a list, a range, none (`false`), or nobody has checked. */
  readonly matryoshka: Known<false | readonly number[] | { readonly from: number; readonly to: number }>;
  /** Where the widths stand. */
  readonly source: string;
  /** ISO date of that source. */
  readonly checked: string;
}

/** models.dev as of this commit. */
const modelsDev = 'https://github.com/anomalyco/models.dev/blob/f3fc692299671838c7c65fd8126bf84d81a2e817';

type Abilities = 'tools' | 'vision' | 'reasoning';

/** Makes a row for a chat model as models.dev describes it on 2026-07-02: what `can` does not name, it cannot. `path` is the file there, without `.toml`. */
export function chat(
  id: string,
  path: string,
  context: number,
  can: readonly Abilities[],
  licence: LicenceId,
  aliases: readonly string[] = [],
): OpenModel {
  return {
    id,
    aliases,
    kind: 'chat',
    context,
    tools: can.includes('tools'),
    vision: can.includes('vision'),
    reasoning: can.includes('reasoning'),
    licence,
    source: `${modelsDev}/${path}.toml`,
    checked: '2026-07-02',
  };
}

/** Makes a row for an embedding model. */
export function embedding(
  id: string,
  context: Known<number>,
  licence: LicenceId,
  shape: EmbeddingShape,
  aliases: readonly string[] = [],
): OpenModel {
  return {
    id,
    aliases,
    kind: 'embedding',
    context,
    tools: false,
    vision: false,
    reasoning: false,
    licence,
    embedding: shape,
    source: shape.source,
    checked: shape.checked,
  };
}
