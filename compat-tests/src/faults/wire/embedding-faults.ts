import { readObjects } from '../../json.ts';
import { type Change, out, to } from './edit.ts';
import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onBody, onRequest } from './places.ts';

const vector = 'data.*.embedding';
const crash = writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } });
const onFloats =
  (change: (floats: readonly number[]) => readonly number[]): Change =>
  (old) => {
    if (Array.isArray(old)) return change(old as number[]);
    if (typeof old !== 'string') return old;
    const bytes = Buffer.from(old, 'base64');
    const floats = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
    const changed = change(floats);
    const written = Buffer.alloc(changed.length * 4);
    for (const [at, value] of changed.entries()) written.writeFloatLE(value, at * 4);
    return written.toString('base64');
  };

function swapBytes(base64: string): string {
  return Buffer.from(base64, 'base64').swap32().toString('base64');
}

/** Embeddings. */
export const embeddingFaults: readonly WireFault[] = [
  {
    id: 'embedding-base64-ignored',
    level: 'must',
    summary: 'base64 is asked for and floats come',
    seen: ['https://github.com/openai/openai-node/issues/1542'],
    put: onRequest('embeddings', 'encoding_format', (old) => (old === 'base64' ? 'float' : old)),
  },
  {
    id: 'embedding-base64-of-bytes',
    level: 'must',
    summary: 'base64 holds one byte a number: vectors of a quarter of their length',
    seen: ['https://github.com/openai/openai-node/issues/1542', 'https://github.com/BerriAI/litellm/issues/42421'],
    put: onBody('embeddings', vector, (old) =>
      typeof old === 'string'
        ? Buffer.from(Buffer.from(old, 'base64').filter((_byte, at) => at % 4 === 0)).toString('base64')
        : old,
    ),
  },
  {
    id: 'embedding-base64-big-endian',
    level: 'must',
    summary: 'base64 holds floats with their bytes the other way round',
    seen: ['case EMB-03'],
    put: onBody('embeddings', vector, (old) => (typeof old === 'string' ? swapBytes(old) : old)),
  },
  {
    id: 'embedding-float-ignored',
    level: 'must',
    summary: 'floats are asked for and base64 comes',
    seen: ['https://github.com/openai/openai-node/issues/1542'],
    put: onRequest('embeddings', 'encoding_format', to('base64')),
  },
  {
    id: 'embedding-zero',
    level: 'must',
    summary: 'vectors are zero',
    seen: ['https://github.com/openai/openai-node/issues/1542'],
    put: onBody(
      'embeddings',
      vector,
      onFloats((floats) => floats.map(() => 0)),
    ),
  },
  {
    id: 'embeddings-reversed',
    level: 'must',
    summary: 'vectors of a list come in the wrong order',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'data', (old) =>
      Array.isArray(old) && old.length > 1 ? (old as unknown[]).toReversed() : old,
    ),
  },
  {
    id: 'embeddings-mixed-up',
    level: 'must',
    summary: 'vectors of a list come under the index of another input',
    seen: ['case EMB-09'],
    put: onBody('embeddings', 'data', (old) => {
      const list = readObjects(old);
      return list.length < 2
        ? old
        : list.map((item, at) => ({ ...item, embedding: list[(at + 1) % list.length]?.['embedding'] }));
    }),
  },
  {
    id: 'embedding-index-absent',
    level: 'must',
    summary: 'vectors have no index',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'data.*.index', out),
  },
  {
    id: 'embedding-object-absent',
    level: 'must',
    summary: 'vectors do not say what object they are',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'data.*.object', out),
  },
  {
    id: 'embeddings-bare',
    level: 'must',
    summary: 'vectors come as a bare list of lists',
    seen: ['huggingface errors.shape'],
    put: onBody('embeddings', 'data', (old) => readObjects(old).map(({ embedding }) => embedding)),
  },
  {
    id: 'embeddings-object-absent',
    level: 'must',
    summary: 'the list of vectors does not say that it is a list',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'object', out),
  },
  {
    id: 'embeddings-usage-absent',
    level: 'must',
    summary: 'embeddings have no usage',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'usage', out),
  },
  {
    id: 'embeddings-usage-wrong',
    level: 'must',
    summary: 'the total of an embedding is not its prompt tokens',
    seen: ['case EMB-01'],
    put: onBody('embeddings', 'usage.total_tokens', (old) => Number(old) + 2),
  },
  {
    id: 'embeddings-first-only',
    level: 'must',
    summary: 'a list of inputs gets one vector',
    seen: ['case EMB-02'],
    put: onBody('embeddings', 'data', (old) => readObjects(old).slice(0, 1)),
  },
  {
    id: 'embeddings-tokens-refused',
    level: 'must',
    summary: 'lists of tokens are refused',
    seen: ['case EMB-02'],
    put: insteadOf(({ path }, { input }) =>
      path.endsWith('/embeddings') &&
      JSON.stringify(input ?? '')
        .replaceAll('[', '')
        .startsWith('1')
        ? writeJson(400, { error: { message: 'invalid input type', type: 'api_error', param: null, code: null } })
        : undefined,
    ),
  },
  {
    id: 'embeddings-no-input-accepted',
    level: 'must',
    summary: 'an empty list of inputs gets an empty list of vectors',
    seen: ['case EMB-07'],
    put: insteadOf(({ path }, { input }) =>
      path.endsWith('/embeddings') && Array.isArray(input) && input.length === 0
        ? writeJson(200, {
            object: 'list',
            data: [],
            model: 'reference-embedding',
            usage: { prompt_tokens: 0, total_tokens: 0 },
          })
        : undefined,
    ),
  },
  {
    id: 'embedding-alone-differs',
    level: 'must',
    summary: 'an input alone gets another vector than in a list',
    seen: ['case EMB-09'],
    put: onBody('embeddings', 'data', (old) => {
      const list = readObjects(old);
      const turn = onFloats((floats) => floats.toReversed());
      return list.length < 2 ? old : list.map((item) => ({ ...item, embedding: turn(item['embedding'], item) }));
    }),
  },
  {
    id: 'embeddings-all-equal',
    level: 'should',
    summary: 'every input gets the same vector',
    seen: ['case EMB-10'],
    put: onBody(
      'embeddings',
      vector,
      onFloats((floats) => floats.map((_value, at) => (at === 0 ? 1 : 0))),
    ),
  },
  {
    id: 'embedding-not-normal',
    level: 'should',
    summary: 'vectors have not the length 1',
    seen: ['case EMB-08'],
    put: onBody(
      'embeddings',
      vector,
      onFloats((floats) => floats.map((value) => value * 3)),
    ),
  },
  {
    id: 'embedding-dimensions-ignored',
    level: 'should',
    summary: 'dimensions is ignored',
    seen: ['case EMB-06'],
    put: onRequest('embeddings', 'dimensions', out),
  },
  {
    id: 'embedding-format-unchecked',
    level: 'should',
    summary: 'an unknown encoding_format is taken',
    seen: ['case EMB-05'],
    put: onRequest('embeddings', 'encoding_format', (old) => (old === 'base64' || old === undefined ? old : 'float')),
  },
  {
    id: 'embeddings-route-absent',
    level: 'must',
    summary: 'there are no embeddings: 501',
    seen: ['case EMB-01'],
    put: insteadOf(({ path }) =>
      path.endsWith('/embeddings')
        ? writeJson(501, {
            error: { code: 501, message: 'This server does not support embeddings.', type: 'not_supported_error' },
          })
        : undefined,
    ),
  },
  {
    id: 'embedding-model-unchecked',
    level: 'should',
    summary: 'an unknown model of embeddings is served',
    seen: ['case EMB-12'],
    put: onRequest('embeddings', 'model', (old) =>
      String(old).startsWith('reference-') ? old : 'reference-embedding',
    ),
  },
  {
    id: 'embedding-overflow-500',
    level: 'should',
    summary: 'an input that is too long gives a server error',
    seen: ['case EMB-11'],
    put: insteadOf(({ path, text }) =>
      path.endsWith('/embeddings') && text.length > 20_000 && !/"input":\[/.test(text) ? crash : undefined,
    ),
  },
];
