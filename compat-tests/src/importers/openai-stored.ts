import { isObject, type JsonObject, readObjects } from '../json.ts';
import { readUsage, writeChat } from './chat.ts';
import type { Found, Skipped } from './found.ts';
import { type Importer, readRecords } from './source.ts';

/**
 * What OpenAI itself kept: output items of eval runs, stored completions, and chats whose last message is the answer (datasets of evals and of distillation).
 * Source: openai@7.57.0 resources/evals/runs/output-items and resources/chat/completions, checked 2026-11-23
 */
export const openaiStored: Importer = {
  id: 'openai-stored',
  summary:
    'OpenAI’s stored completions, output items of its Evals, and JSON lines of chats; parsed, without bytes, times, headers and status',
  detects: (source) =>
    readRecords(source).some((record) => isItem(record) || isStored(record) || isChat(unwrap(record))),
  read: function* (source) {
    for (const record of readRecords(source)) yield readRecord(record);
  },
};

const isItem = ({ object }: JsonObject): boolean => object === 'eval.run.output_item';
const isStored = ({ object, choices }: JsonObject): boolean => object === 'chat.completion' && Array.isArray(choices);
const isChat = ({ messages, input }: JsonObject): boolean => Array.isArray(messages) || Array.isArray(input);

/** Lines of an Evals dataset hold the row under `item`, and what was answered under `sample`. */
function unwrap(record: JsonObject): JsonObject {
  return isObject(record['item']) ? { ...record['item'], sample: record['sample'] } : record;
}

function readRecord(record: JsonObject): Found | Skipped {
  if (isItem(record) && isObject(record['sample'])) return readSample(record['sample'], record);
  if (isStored(record)) return readStored(record);
  const row = unwrap(record);
  if (isObject(row['sample']) && Array.isArray(row['sample']['output'])) return readSample(row['sample'], row);
  return readChat(row);
}

function readSample(sample: JsonObject, { created_at: at, id }: JsonObject): Found | Skipped {
  const { error } = sample;
  if (isObject(error) && typeof error['message'] === 'string' && error['message'] !== '')
    return { skipped: 'an output item whose model gave an error' };
  const messages = readObjects(sample['input']);
  const [message] = readObjects(sample['output']);
  if (messages.length === 0 || message === undefined) return { skipped: 'an output item without its prompt or answer' };
  const model = typeof sample['model'] === 'string' ? sample['model'] : undefined;
  return found(at, {
    body: { ...pick(sample, ['model', 'temperature', 'top_p', 'max_completion_tokens', 'seed']), messages },
    answer: writeChat({
      id,
      model,
      created: typeof at === 'number' ? at : undefined,
      choices: [{ message, finish: sample['finish_reason'] }],
      usage: readUsage(sample['usage']),
    }),
  });
}

/** A stored completion names its parameters beside its answer; its prompt comes along as `messages` or `input`, when it was fetched too. */
function readStored(record: JsonObject): Found | Skipped {
  const { messages: given, input, request, ...rest } = record;
  const messages = [given, input, isObject(request) ? request['messages'] : undefined].find(Array.isArray);
  if (messages === undefined)
    return { skipped: 'a stored completion without its prompt: fetch /chat/completions/{id}/messages into `messages`' };
  const sent = pick(rest, [
    'model',
    'temperature',
    'top_p',
    'seed',
    'tools',
    'tool_choice',
    'response_format',
    'presence_penalty',
    'frequency_penalty',
    'max_completion_tokens',
    'metadata',
  ]);
  const answer = pick(rest, [
    'id',
    'object',
    'created',
    'model',
    'choices',
    'usage',
    'system_fingerprint',
    'service_tier',
  ]);
  return found(record['created'], {
    body: { ...sent, messages: messages.map(dropId) },
    answer: new TextEncoder().encode(JSON.stringify(answer)),
  });
}

/** A stored message has an id of its own, which no request had. */
function dropId(message: unknown): unknown {
  if (!isObject(message)) return message;
  const { id: _, ...rest } = message;
  return rest;
}

function readChat({ messages: given, input, created_at: at, ...rest }: JsonObject): Found | Skipped {
  const messages = readObjects(given ?? input);
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') return { skipped: 'a chat whose last message is no answer' };
  const body = {
    ...pick(rest, [
      'model',
      'temperature',
      'top_p',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'response_format',
      'functions',
    ]),
    messages: messages.slice(0, -1),
  };
  const model = typeof rest['model'] === 'string' ? rest['model'] : undefined;
  return found(at, { body, answer: writeChat({ model, choices: [{ message: last }] }) });
}

function found(at: unknown, parts: Pick<Found, 'body' | 'answer'>): Found {
  return {
    url: '/v1/chat/completions',
    at: typeof at === 'number' ? at * 1000 : typeof at === 'string' ? at : undefined,
    headers: { 'content-type': 'application/json' },
    target: 'openai',
    lacks: ['bytes', 'headers', 'status'],
    ...parts,
  };
}

function pick(holder: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (holder[name] === undefined || holder[name] === null ? [] : [[name, holder[name]]])),
  );
}
