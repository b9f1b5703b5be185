import { readObjects } from '../../json.ts';
import type { Expectation } from '../case.ts';
import type { Observation } from '../observation.ts';
import { bodyOf, show } from './body.ts';
import { expecting, own } from './expectation.ts';
import { describeAnswer } from './http.ts';

/** Distance from length 1 that is still called normalised. */
const normTolerance = 1e-3;
/** Difference of two numbers of a vector that is still rounding. */
const valueTolerance = 1e-3;
const leastCosine = 0.999;

/** The vectors of an answer in their order, whatever their encoding; one that is no vector is `undefined`. */
function vectorsOf(seen: Observation): ReadonlyArray<readonly number[] | undefined> {
  return readObjects(bodyOf(seen)['data']).map(({ embedding }) => readVector(embedding));
}

/** Base64 is little-endian float32, as the OpenAI SDK decodes it. Source: https://github.com/openai/openai-node/blob/master/src/internal/utils/base64.ts, checked 2026-11-25 */
function readVector(embedding: unknown): readonly number[] | undefined {
  if (Array.isArray(embedding)) return embedding.every(Number.isFinite) ? (embedding as number[]) : undefined;
  if (typeof embedding !== 'string' || embedding === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(embedding)) return undefined;
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  const numbers = Array.from({ length: bytes.length / 4 }, (_one, at) => bytes.readFloatLE(at * 4));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

/** One vector an input, each readable, not empty and not all zeros. */
export const hasVectors: Expectation = expecting(
  'there is one vector an input, and none is empty or all zeros',
  (seen) => {
    if (seen.status !== 200) return describeAnswer(seen);
    const vectors = vectorsOf(seen);
    const wanted = countInputs(seen.body['input']);
    if (wanted !== undefined && vectors.length !== wanted) return `${vectors.length} vectors for ${wanted} inputs`;
    const at = vectors.findIndex((vector) => vector === undefined || !vector.some((value) => value !== 0));
    return at === -1 ? undefined : `vector ${at} is ${show(readObjects(bodyOf(seen)['data'])[at]?.['embedding'])}`;
  },
);

function countInputs(input: unknown): number | undefined {
  if (typeof input === 'string') return 1;
  if (!Array.isArray(input)) return undefined;
  return input.every((item) => typeof item === 'number') ? 1 : input.length;
}

/** The vectors come in the order of their inputs. */
export const keepsOrder: Expectation = expecting('index counts 0, 1, …', (seen) => {
  const indexes = readObjects(bodyOf(seen)['data']).map(({ index }) => index);
  return indexes.every((index, at) => index === at) ? undefined : indexes.map(show).join(', ');
});

/** The encoding is the one that was asked for: base64 is read as float32 by the SDK, which asks for it by default. */
export const keepsEncoding: Expectation = expecting('the vectors come in the encoding that was asked for', (seen) => {
  const wanted = seen.body['encoding_format'] === 'base64' ? 'string' : 'object';
  const wrong = readObjects(bodyOf(seen)['data']).find(({ embedding }) => typeof embedding !== wanted);
  return wrong === undefined ? undefined : show(wrong['embedding']);
});

/** The vectors are as long as `dimensions` says. */
export const keepsDimensions: Expectation = expecting('the vectors have the dimensions that were asked for', (seen) => {
  const wanted = seen.body['dimensions'];
  if (typeof wanted !== 'number') return undefined;
  const wrong = vectorsOf(seen).find((vector) => vector?.length !== wanted);
  return wrong === undefined ? undefined : `${wrong.length}, not ${wanted}`;
});

/** Cosine is a dot product only for vectors of length 1. */
export const isNormalised: Expectation = expecting('each vector has length 1', (seen) => {
  const lengths = vectorsOf(seen).map((vector) => Math.hypot(...(vector ?? [])));
  const wrong = lengths.find((length) => Math.abs(length - 1) > normTolerance);
  return wrong === undefined ? undefined : wrong.toFixed(4);
});

/** The vectors of two answers are the same numbers. */
export const isTheSameVector: Expectation = own({
  says: `base64 and float hold the same numbers, within ${valueTolerance}`,
  judge: (seen, all) => {
    const [a, b] = [vectorsOf(all[0] as Observation)[0], vectorsOf(seen)[0]];
    if (a === undefined || b === undefined || a.length !== b.length)
      return { broken: `${a?.length ?? 'no'} and ${b?.length ?? 'no'} numbers` };
    const at = a.findIndex((value, place) => Math.abs(value - (b[place] ?? Number.NaN)) > valueTolerance);
    return at === -1 ? 'held' : { broken: `number ${at} is ${String(a[at])} and ${String(b[at])}` };
  },
});

/** A vector does not depend on what stands beside it. The last answer is the batch, those before it are its inputs by themselves. */
export const equalsSingles: Expectation = own({
  says: `each vector of the batch is that of its input alone (cosine over ${leastCosine})`,
  judge: (seen, all) => {
    const batch = vectorsOf(seen);
    for (const [at, one] of all.slice(0, -1).entries()) {
      const cosine = cosineOf(vectorsOf(one)[0], batch[at]);
      if (cosine < leastCosine) return { broken: `input ${at}: cosine ${cosine.toFixed(4)}` };
    }
    return 'held';
  },
});

/** Different inputs do not share a vector. */
export const tellsApart: Expectation = expecting('different inputs have different vectors', (seen) => {
  const { input } = seen.body;
  const vectors = vectorsOf(seen);
  for (const [at, vector] of vectors.entries()) {
    if (at === 0 || !Array.isArray(input) || input[at] === input[0]) continue;
    const cosine = cosineOf(vectors[0], vector);
    if (cosine > 0.99999) return `the cosine of inputs 0 and ${at} is ${cosine.toFixed(6)}`;
  }
  return undefined;
});

function cosineOf(a: readonly number[] = [], b: readonly number[] = []): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);
  const cosine = dot / (Math.hypot(...a) * Math.hypot(...b));
  return Number.isNaN(cosine) ? 0 : cosine;
}
