import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';
import { nameModel, noteMissingUsage } from './envelope.ts';

/** Brings an embeddings answer into OpenAI's shape, each vector in the encoding the caller asked for. Throws a `Refusal`. */
export function normaliseEmbeddings(
  answer: unknown,
  wants: 'float' | 'base64',
  requestedModel: string,
  count: number,
  report: Report,
): WireObject {
  if (!isObject(answer) || !Array.isArray(answer['data']))
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which has no embeddings`,
      'invalid_answer',
    );
  if (answer['data'].length !== count)
    throw refuseAnswer(`the endpoint sent ${answer['data'].length} embeddings for ${count} inputs`, 'invalid_answer');
  const data = answer['data'].map((item, position) => {
    if (!isObject(item)) throw refuseAnswer(`embedding ${position} is missing`, 'invalid_answer');
    const vector = readVector(item['embedding'], position);
    const embedding = wants === 'base64' ? encodeVector(vector) : vector;
    return {
      ...omitKeys(item, ['encoding_format']),
      object: 'embedding',
      index: typeof item['index'] === 'number' ? item['index'] : position,
      embedding,
    };
  });
  const usage = isObject(answer['usage']) ? answer['usage'] : undefined;
  if (usage === undefined) noteMissingUsage(report);
  const prompt = Number(usage?.['prompt_tokens'] ?? usage?.['total_tokens'] ?? 0);
  return {
    ...omitKeys(answer, ['id', 'created']),
    object: 'list',
    data: data.sort((a, b) => a.index - b.index),
    model: nameModel(answer['model'], requestedModel, report),
    usage: { prompt_tokens: prompt, total_tokens: Number(usage?.['total_tokens'] ?? prompt) },
  };
}

function readVector(value: unknown, position: number): readonly number[] {
  if (typeof value === 'string') {
    const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
    if (bytes.length % 4 !== 0)
      throw refuseAnswer(`embedding ${position} is not a list of 32-bit numbers`, 'invalid_answer');
    const view = new DataView(bytes.buffer);
    return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
  }
  // llama-server's older route nests a vector per token in a list of its own.
  const flat = Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? (value[0] as unknown[]) : value;
  if (!Array.isArray(flat) || !flat.every((item) => typeof item === 'number'))
    throw refuseAnswer(`embedding ${position} is not a list of numbers`, 'invalid_answer');
  return flat;
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
