import { isObject, type JsonObject, parseJson } from '../json.ts';
import { readChoices, readUsage, writeChat } from './chat.ts';
import type { Found, Skipped } from './found.ts';
import { type Importer, readRecords } from './source.ts';

/** Observations that Langfuse exports. Source: https://js.reference.langfuse.com/interfaces/_langfuse_core.Observation.html, checked 2026-11-25 */
export const langfuse: Importer = {
  id: 'langfuse',
  summary:
    'observations exported by Langfuse (JSON, JSON lines, or its API’s pages); parsed, without bytes, headers and status',
  detects: (source) =>
    readRecords(source).some(
      (record) => typeof record['type'] === 'string' && 'input' in record && 'output' in record && hasPlace(record),
    ),
  read: function* (source) {
    for (const record of readRecords(source)) yield readObservation(record);
  },
};

const hasPlace = (record: JsonObject): boolean => 'traceId' in record || 'trace_id' in record || 'startTime' in record;

function readObservation(record: JsonObject): Found | Skipped {
  if (record['type'] !== 'GENERATION') return { skipped: 'an observation that is no generation' };
  if (record['level'] === 'ERROR')
    return { skipped: 'a generation that failed: its error is not kept in OpenAI’s form' };
  const field = (camel: string, snake: string): unknown => record[camel] ?? record[snake];
  const input = parse(record['input']);
  const messages = Array.isArray(input)
    ? input
    : isObject(input) && Array.isArray(input['messages'])
      ? input['messages']
      : typeof input === 'string' && input !== ''
        ? [{ role: 'user', content: input }]
        : undefined;
  const output = parse(record['output']);
  const choices = readChoices(output);
  if (messages === undefined || choices === undefined)
    return { skipped: 'a generation without a prompt and an answer in chat form' };
  const parameters = parse(field('modelParameters', 'model_parameters'));
  const model = field('model', 'provided_model_name');
  const [start, end] = [field('startTime', 'start_time'), field('endTime', 'end_time')].map((at) =>
    typeof at === 'string' ? Date.parse(at) : Number.NaN,
  ) as [number, number];
  const rest = isObject(input) && !Array.isArray(input) ? input : {};
  return {
    url: '/v1/chat/completions',
    at: Number.isNaN(start) ? undefined : start,
    tookMs: end >= start ? end - start : undefined,
    body: {
      ...(typeof model === 'string' ? { model } : {}),
      ...(isObject(parameters) ? readParameters(parameters) : {}),
      ...rest,
      messages,
    },
    headers: { 'content-type': 'application/json' },
    answer: writeChat({
      id: isObject(output) ? output['id'] : undefined,
      model: typeof model === 'string' ? model : undefined,
      choices,
      usage: readUsage(record['usageDetails'] ?? record['usage_details'] ?? record['usage']),
    }),
    callSite: typeof record['name'] === 'string' ? record['name'] : undefined,
    target: 'openai',
    lacks: ['bytes', 'headers', 'status'],
  };
}

/** Some exports hold JSON as text. */
function parse(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[[{]/.test(value) ? (parseJson(value) ?? value) : value;
}

/** Values that were written as texts are numbers again; empty ones were not sent. Streaming is dropped: the answer was logged whole. */
function readParameters(parameters: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name, value]) => value !== null && value !== '' && name !== 'stream')
      .map(([name, value]) => [
        name,
        typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
      ]),
  );
}
