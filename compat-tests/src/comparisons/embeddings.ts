import { type Check, type Comparison, passCheck } from '../check.ts';
import type { Answer } from '../answer.ts';
import { isObject, readObjects } from '../json.ts';

interface Vector {
  readonly format: 'base64' | 'float' | 'neither';
  readonly values: readonly number[];
}

/** Number, format and width of embeddings. Vectors of two models are not comparable by value. */
export const compareEmbeddings: Comparison = ({ exchange, request, recorded, candidate }) => {
  if (exchange.request.path !== '/embeddings') return [];
  const [before, after] = [readVectors(recorded), readVectors(candidate)];
  return [
    compareCount(before, after),
    compareFormat(before, after),
    compareWidth(before, after, request['dimensions']),
  ];
};

function compareCount(before: readonly Vector[], after: readonly Vector[]): Check {
  if (before.length === after.length) return passCheck('embedding-count', `${before.length} vectors`);
  return {
    check: 'embedding-count',
    verdict: 'FAIL',
    expected: `${before.length} vectors`,
    got: `${after.length}`,
    why: 'the app pairs texts and vectors by place',
    fix: "send fewer texts a request, or see the endpoint's limit on batches",
  };
}

function compareFormat(before: readonly Vector[], after: readonly Vector[]): Check {
  const [expected, got] = [before[0]?.format ?? 'none', [...new Set(after.map(({ format }) => format))].join(', ')];
  if (expected === got) return passCheck('embedding-format', expected);
  return {
    check: 'embedding-format',
    verdict: 'FAIL',
    expected,
    got: got || 'none',
    why: 'SDKs before openai 7.11 read floats sent for base64 as a quarter as many zeros, without an error',
    fix: 'put the shim before the endpoint',
  };
}

function compareWidth(before: readonly Vector[], after: readonly Vector[], dimensions: unknown): Check {
  const widths = [...new Set(after.map(({ values }) => values.length))];
  const expected = `${before[0]?.values.length ?? 0} numbers a vector`;
  const got = `${widths.join(', ') || 'no'} numbers a vector`;
  const fail = (why: string, fix: string): Check => ({
    check: 'embedding-width',
    verdict: 'FAIL',
    expected,
    got,
    why,
    fix,
  });
  if (widths.length > 1)
    return fail('vectors of different widths cannot be compared with each other', 'report the endpoint');
  if (after.some(({ values }) => !values.every(Number.isFinite) || values.every((value) => value === 0)))
    return fail('a vector is all zeros or holds no numbers: every search finds nothing', 'use an embeddings model');
  if (typeof dimensions === 'number' && widths[0] !== dimensions)
    return fail(`the request asks for dimensions: ${dimensions}`, 'choose a model of that width');
  if (expected === got) return passCheck('embedding-width', expected);
  return {
    check: 'embedding-width',
    verdict: 'INFO',
    expected,
    got,
    why: 'another model makes other vectors: stored ones cannot be searched with new ones',
    fix: 'embed stored texts again, and set the column or index to the new width',
  };
}

function readVectors({ json }: Answer): Vector[] {
  return readObjects(isObject(json) ? json['data'] : undefined).map(({ embedding }) => {
    if (typeof embedding === 'string') return { format: 'base64', values: decodeFloats(embedding) };
    if (Array.isArray(embedding)) return { format: 'float', values: embedding.map(Number) };
    return { format: 'neither', values: [] };
  });
}

function decodeFloats(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}
