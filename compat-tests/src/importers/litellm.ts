import { isObject, type JsonObject, parseJson } from '../json.ts';
import type { Found, Skipped } from './found.ts';
import { type Importer, readRecords, toBytes } from './source.ts';

/** Log records of LiteLLM. Source: https://docs.litellm.ai/docs/proxy/logging_spec, checked 2026-11-25 */
export const litellm: Importer = {
  id: 'litellm',
  summary: 'log records of LiteLLM (its standard payload); parsed, without bytes and headers',
  detects: (source) =>
    readRecords(source)
      .map(unwrap)
      .some((record) => typeof record['call_type'] === 'string' && 'messages' in record && 'response' in record),
  read: function* (source) {
    for (const record of readRecords(source)) yield readRecord(unwrap(record));
  },
};

/** Callbacks get the payload inside their arguments. */
function unwrap(record: JsonObject): JsonObject {
  const inner = record['standard_logging_object'];
  return isObject(inner) ? inner : record;
}

const paths: ReadonlyArray<readonly [RegExp, string]> = [
  [/^a?(text_)?completion$/, '/v1/chat/completions'],
  [/^a?embedding$/, '/v1/embeddings'],
  [/^a?responses$/, '/v1/responses'],
  [/^a?moderation$/, '/v1/moderations'],
];

function readRecord(record: JsonObject): Found | Skipped {
  const type = String(record['call_type']);
  const path = paths.find(([pattern]) => pattern.test(type))?.[1];
  if (path === undefined) return { skipped: `a call of type ${type}` };
  if (record['cache_hit'] === true) return { skipped: 'an answer from LiteLLM’s own cache' };
  if (record['status'] === 'failure') return { skipped: 'a call that failed: its error is not kept in OpenAI’s form' };
  const response = parse(record['response']);
  if (!isObject(response) || Object.keys(response).length === 0)
    return { skipped: 'a record without its answer (LiteLLM was told not to store it)' };
  const messages = parse(record['messages']);
  if (messages === null || messages === undefined || (isObject(messages) && Object.keys(messages).length === 0))
    return { skipped: 'a record without its prompt (LiteLLM was told not to store it)' };
  const parameters = parse(record['model_parameters']);
  const { stream: _, ...sent } = isObject(parameters) ? parameters : {};
  const [start, end] = [toMs(record['startTime']), toMs(record['endTime'])];
  const base = record['api_base'];
  const provider = record['custom_llm_provider'];
  const prompt = path === '/v1/chat/completions' ? { messages } : { input: readInput(messages) };
  return {
    url: path,
    at: start,
    tookMs: start !== undefined && end !== undefined && end >= start ? end - start : undefined,
    body: { model: String(record['model'] ?? ''), ...sent, ...prompt },
    headers: { 'content-type': 'application/json' },
    answer: toBytes(JSON.stringify(response)),
    target: readTarget(base, provider),
    lacks: ['bytes', 'headers', 'status'],
  };
}

/** LiteLLM writes every input as messages. */
function readInput(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  const texts = messages.map((message) => (isObject(message) ? message['content'] : message));
  return texts.length === 1 ? texts[0] : texts;
}

function readTarget(base: unknown, provider: unknown): string {
  if (typeof base === 'string' && base !== '') return /(^|\.|\/)openai\.com/.test(base) ? 'openai' : hostOf(base);
  return typeof provider === 'string' && provider !== '' ? provider : 'openai';
}

/** Seconds since 1970, or a date. */
function toMs(at: unknown): number | undefined {
  const ms = typeof at === 'number' ? at * (at > 1e11 ? 1 : 1000) : Date.parse(String(at ?? ''));
  return Number.isNaN(ms) ? undefined : Math.round(ms);
}

function parse(value: unknown): unknown {
  return typeof value === 'string' ? (parseJson(value) ?? value) : value;
}

function hostOf(base: string): string {
  try {
    return new URL(base).host;
  } catch {
    return base;
  }
}
