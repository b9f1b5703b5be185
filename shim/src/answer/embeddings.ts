import { findOpenModel } from '../manifest/index.ts';
import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import { type EmbeddingPlan, refuseWidth } from '../request/embeddings.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';
import { nameModel } from './envelope.ts';

/** One answer's vectors in the order of the inputs, and what it counted. */
export interface EmbeddingPart {
  readonly vectors: readonly Vector[];
  readonly promptTokens: number | undefined;
  /** The answer's other keys. */
  readonly rest: WireObject;
}

interface Vector {
  readonly numbers: readonly number[];
  readonly rest: WireObject;
}

/** Reads the vectors of one answer to `count` inputs. Throws a `Refusal` for what is none, or not as many. */
export function readEmbeddings(
  answer: unknown,
  count: number,
  { model }: EmbeddingPlan,
  report: Report,
): EmbeddingPart {
  const items = findVectors(answer);
  if (items === undefined)
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which has no embeddings`,
      'invalid_answer',
    );
  if (items.length !== count)
    throw refuseAnswer(`the endpoint sent ${items.length} embeddings for ${count} inputs`, 'invalid_answer');
  const width = findOpenModel(model)?.embedding?.width;
  const vectors = sortItems(items, report).map((item, position): Vector => {
    const held = isObject(item) ? item : { embedding: item };
    return {
      numbers: readVector(held['embedding'], position, width, report),
      rest: omitKeys(held, ['embedding', 'index', 'object', 'encoding_format']),
    };
  });
  const usage = isObject(answer) && isObject(answer['usage']) ? answer['usage'] : undefined;
  const tokens = Number(usage?.['prompt_tokens'] ?? usage?.['total_tokens'] ?? Number.NaN);
  return {
    vectors,
    promptTokens: Number.isFinite(tokens) ? tokens : undefined,
    rest: isObject(answer) ? omitKeys(answer, ['id', 'created', 'data', 'embeddings', 'usage', 'object']) : {},
  };
}

/** OpenAI's `data`, Ollama's and Cohere's `embeddings`, or the bare list of text-embeddings-inference and llama-server's older route. */
function findVectors(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) return undefined;
  const { embeddings } = answer;
  return [answer['data'], embeddings, isObject(embeddings) ? embeddings['float'] : undefined].find(Array.isArray);
}

/** Brings vectors into the order of their inputs; indices that are no order count for nothing. */
function sortItems(items: readonly unknown[], report: Report): readonly unknown[] {
  const indices = items.map((item) => (isObject(item) ? item['index'] : undefined));
  if (indices.every((index) => index === undefined)) return items;
  const sorted = Array.from({ length: items.length }, (_, index) => items[indices.indexOf(index)]);
  if (sorted.every((item) => item !== undefined)) return sorted;
  report.add({
    code: 'embedding-index-repaired',
    severity: 'info',
    where: 'response.data[].index',
    what: `${JSON.stringify(indices.slice(0, 8))} read as 0 to ${items.length - 1}`,
    why: 'the indices name no order, so the order of the answer counts',
    fix: '',
  });
  return items;
}

/** Puts the parts together to OpenAI's answer, each vector as wide and in the encoding the caller asked for. Throws a `Refusal`. */
export function joinEmbeddings(parts: readonly EmbeddingPart[], plan: EmbeddingPlan, report: Report): WireObject {
  const vectors = parts.flatMap((part) => part.vectors);
  const widths = new Set(vectors.map(({ numbers }) => numbers.length));
  if (widths.size > 1)
    throw refuseAnswer(
      `the endpoint sent vectors of ${[...widths].join(' and ')} numbers in one answer`,
      'invalid_answer',
    );
  const data = vectors.map(({ numbers, rest }, index) => {
    const fitted = fitVector(numbers, plan, report);
    return {
      ...rest,
      object: 'embedding',
      index,
      embedding: plan.wants === 'base64' ? encodeVector(fitted) : fitted,
    };
  });
  const tokens = countTokens(parts, plan, report);
  const rest = parts[0]?.rest ?? {};
  return {
    ...rest,
    object: 'list',
    data,
    model: nameModel(rest['model'], plan.requestedModel, report),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** An endpoint that does not know `dimensions` answers in the model's own width: cut, where the model was trained for it, or an error. */
function fitVector(
  numbers: readonly number[],
  { width, mayCut, model }: EmbeddingPlan,
  report: Report,
): readonly number[] {
  if (width === undefined || width === numbers.length) return numbers;
  if (width > numbers.length)
    throw refuseWidth(width, model, false, `the endpoint's vectors have ${numbers.length} numbers`);
  if (mayCut !== true)
    throw refuseWidth(width, model, mayCut, `the endpoint ignored it and sent ${numbers.length} numbers`);
  report.add({
    code: 'dimensions-emulated',
    severity: 'info',
    where: 'request.dimensions',
    what: `vectors cut to ${width} numbers and brought to length 1`,
    why: 'the model was trained for it (Matryoshka), and the endpoint sends its own width',
    fix: '',
  });
  const cut = numbers.slice(0, width);
  const length = Math.hypot(...cut);
  return length === 0 ? cut : cut.map((number) => number / length);
}

function countTokens(parts: readonly EmbeddingPart[], { characters }: EmbeddingPlan, report: Report): number {
  const counted = parts.reduce<number | undefined>(
    (sum, { promptTokens }) => (sum === undefined || promptTokens === undefined ? undefined : sum + promptTokens),
    0,
  );
  if (counted !== undefined) return counted;
  const guess = Math.ceil(characters / 4);
  report.add({
    code: 'usage-estimated',
    severity: 'lossy',
    where: 'response.usage',
    what: `${guess} tokens, a quarter of the characters`,
    why: 'the endpoint did not count tokens',
    fix: 'Do not bill by it',
  });
  return guess;
}

function readVector(
  value: unknown,
  position: number,
  width: number | 'unknown' | undefined,
  report: Report,
): readonly number[] {
  if (typeof value === 'string') return decodeVector(value, position, width, report);
  // llama-server's older route nests a vector per token in a list of its own.
  const flat = Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? (value[0] as unknown[]) : value;
  if (!Array.isArray(flat) || flat.length === 0 || !flat.every((item) => typeof item === 'number'))
    throw refuseAnswer(`embedding ${position} is not a list of numbers`, 'invalid_answer');
  return flat;
}

/** Reads base64 of 32-bit floats, or of 64-bit ones where only those make as many numbers as the model's vectors have. */
function decodeVector(
  text: string,
  position: number,
  width: number | 'unknown' | undefined,
  report: Report,
): readonly number[] {
  const bytes = decodeBytes(text, position);
  const view = new DataView(bytes.buffer);
  if (typeof width === 'number' && bytes.length === width * 8) {
    report.add({
      code: 'embedding-doubles',
      severity: 'info',
      where: 'response.data[].embedding',
      what: `read as ${width} numbers of 64 bits`,
      why: 'OpenAI sends 32 bits; read so, the vectors would be twice as long and mean nothing',
      fix: '',
    });
    return Array.from({ length: width }, (_, at) => view.getFloat64(at * 8, true));
  }
  if (bytes.length === 0 || bytes.length % 4 !== 0)
    throw refuseAnswer(`embedding ${position} is not a list of 32-bit numbers`, 'invalid_answer');
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
}

function decodeBytes(text: string, position: number): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw refuseAnswer(`embedding ${position} is a text that is no base64`, 'invalid_answer');
  }
}

/** Writes a vector as OpenAI's base64: 32-bit floats, little-endian. */
export function encodeVector(vector: readonly number[]): string {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, at) => view.setFloat32(at * 4, value, true));
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
