import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CHAT_TEMPLATE } from './chat-template.ts';
import { encodeGguf, type GgufValue } from './gguf.ts';
import { CONTROL_TOKENS, createVocabulary } from './vocabulary.ts';
import { createWeights, embeddingSize, SHAPE } from './weights.ts';

/** Name of the model the project generates itself: a Llama architecture with hand-set weights that answers from a script. */
export const TINY_MODEL_ID = 'tiny-llama';

/** What the file must be, byte for byte; a change of vocabulary, template, weights or layout changes both. */
export const TINY_MODEL = {
  bytes: 961_792,
  sha256: 'f9ebf5d9abcd36a9f1d8c8d527a2d251e5bccf337a08b176237603168eb77255',
} as const;

const CONTEXT_LENGTH = 32_768;

/** Generates the tiny model's GGUF file; the bytes are the same on every machine, as nothing in it is random or rounded by libm. */
export function createTinyModel(): Buffer {
  const vocabulary = createVocabulary();
  const u32 = (value: number): GgufValue => ({ type: 'u32', value });
  const f32 = (value: number): GgufValue => ({ type: 'f32', value });
  const string = (value: string): GgufValue => ({ type: 'string', value });
  return encodeGguf(
    {
      'general.architecture': string('llama'),
      'general.type': string('model'),
      'general.name': string(TINY_MODEL_ID),
      'general.license': string('apache-2.0'),
      'general.file_type': u32(1),
      'llama.vocab_size': u32(vocabulary.tokens.length),
      'llama.context_length': u32(CONTEXT_LENGTH),
      'llama.embedding_length': u32(embeddingSize(vocabulary)),
      'llama.block_count': u32(SHAPE.layers),
      'llama.feed_forward_length': u32(SHAPE.feedForward),
      'llama.attention.head_count': u32(SHAPE.heads),
      'llama.attention.head_count_kv': u32(SHAPE.heads),
      'llama.attention.key_length': u32(SHAPE.headSize),
      'llama.attention.value_length': u32(SHAPE.headSize),
      'llama.attention.layer_norm_rms_epsilon': f32(1e-5),
      'llama.rope.dimension_count': u32(SHAPE.headSize),
      'llama.rope.freq_base': f32(500_000),
      'tokenizer.ggml.model': string('gpt2'),
      'tokenizer.ggml.pre': string('llama-bpe'),
      'tokenizer.ggml.tokens': { type: 'strings', value: vocabulary.tokens },
      'tokenizer.ggml.token_type': { type: 'i32s', value: vocabulary.types },
      'tokenizer.ggml.merges': { type: 'strings', value: vocabulary.merges },
      'tokenizer.ggml.bos_token_id': u32(vocabulary.id(CONTROL_TOKENS.begin)),
      'tokenizer.ggml.eos_token_id': u32(vocabulary.id(CONTROL_TOKENS.endOfTurn)),
      'tokenizer.ggml.padding_token_id': u32(vocabulary.id(CONTROL_TOKENS.pad)),
      'tokenizer.ggml.add_bos_token': { type: 'bool', value: true },
      'tokenizer.chat_template': string(CHAT_TEMPLATE),
    },
    createWeights(vocabulary),
  );
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The user's cache folder for this project, by the platform's custom. */
export function findCacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homedir();
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'migrate-llm');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'migrate-llm');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'migrate-llm');
  return join(home, '.cache', 'migrate-llm');
}

/** Writes the tiny model to `path`, through a neighbouring file and a rename, so that nobody ever reads half of it. */
export async function writeTinyModel(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}-${randomUUID()}.partial`;
  try {
    await writeFile(partial, createTinyModel());
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function holdsTinyModel(path: string): Promise<boolean> {
  try {
    return sha256(await readFile(path)) === TINY_MODEL.sha256;
  } catch {
    return false;
  }
}

/** Where the tiny model was found or written. */
export interface TinyModelFile {
  readonly path: string;
  /** Set when the cache folder could not be used: what happened, in one line for the user. */
  readonly notice?: string;
}

/**
 * Makes sure that a checked copy of the tiny model is in the cache folder, and says where. A copy with a wrong checksum is written anew;
 * when the cache folder cannot be written, the system's temporary folder serves and `notice` says so.
 */
export async function ensureTinyModel(cacheFolder: string = findCacheFolder()): Promise<TinyModelFile> {
  const name = `${TINY_MODEL_ID}-${TINY_MODEL.sha256.slice(0, 12)}.gguf`;
  const path = join(cacheFolder, name);
  if (await holdsTinyModel(path)) return { path };
  try {
    await writeTinyModel(path);
    return { path };
  } catch (error) {
    const fallback = join(tmpdir(), `migrate-llm-${process.getuid?.() ?? 'user'}`, name);
    if (!(await holdsTinyModel(fallback))) await writeTinyModel(fallback);
    const why = error instanceof Error ? error.message : String(error);
    return {
      path: fallback,
      notice: `The cache folder ${cacheFolder} cannot be written (${why}); the tiny model is in ${fallback} instead.`,
    };
  }
}
