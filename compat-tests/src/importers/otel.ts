import { isObject, type JsonObject, parseJson, readObjects } from '../json.ts';
import { type LoggedChat, readUsage, writeChat } from './chat.ts';
import type { Found, Skipped } from './found.ts';
import { type Importer, readRecords } from './source.ts';

/**
 * Spans of OpenTelemetry's GenAI conventions in OTLP's JSON, those with messages in attributes, and OpenLLMetry's numbered ones.
 * Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, checked 2026-11-25
 */
export const otel: Importer = {
  id: 'otel',
  summary: 'OpenTelemetry GenAI spans (OTLP as JSON, with content captured); parsed, without bytes, headers and status',
  detects: (source) => readRecords(source).some((record) => Array.isArray(record['resourceSpans'])),
  read: function* (source) {
    for (const record of readRecords(source))
      for (const span of readObjects(record['resourceSpans'])
        .flatMap((resource) => readObjects(resource['scopeSpans'] ?? resource['instrumentationLibrarySpans']))
        .flatMap((scope) => readObjects(scope['spans'])))
        yield readSpan(span);
  },
};

function readSpan(span: JsonObject): Found | Skipped {
  const attributes = Object.fromEntries(
    readObjects(span['attributes']).map(({ key, value }) => [String(key), readValue(value)]),
  );
  const operation = attributes['gen_ai.operation.name'] ?? attributes['llm.request.type'];
  if (operation !== 'chat') return { skipped: 'a span of no chat' };
  if (attributes['error.type'] !== undefined)
    return { skipped: 'a span that failed: its error is not kept in OpenAI’s form' };
  const provider = attributes['gen_ai.provider.name'] ?? attributes['gen_ai.system'];
  const messages = [
    ...readInstructions(attributes['gen_ai.system_instructions']),
    ...readMessages(attributes['gen_ai.input.messages'] ?? numbered(attributes, 'gen_ai.prompt')),
  ];
  const choices = readOutputs(attributes['gen_ai.output.messages'] ?? numbered(attributes, 'gen_ai.completion'));
  if (messages.length === 0 || choices.length === 0)
    return { skipped: 'a span without its prompt or answer: content capture was off' };
  const get = (name: string): unknown => attributes[`gen_ai.${name}`];
  const start = Number(span['startTimeUnixNano']) / 1e6;
  const end = Number(span['endTimeUnixNano']) / 1e6;
  const tools = parse(get('tool.definitions'));
  const model = get('response.model') ?? get('request.model');
  const body: Record<string, unknown> = { model: get('request.model'), messages };
  for (const [name, from] of parameters) if (get(`request.${from}`) !== undefined) body[name] = get(`request.${from}`);
  if (Array.isArray(tools)) body['tools'] = tools.map(readTool);
  return {
    url: '/v1/chat/completions',
    at: Number.isFinite(start) && start > 0 ? start : undefined,
    tookMs: end >= start ? end - start : undefined,
    body,
    headers: { 'content-type': 'application/json' },
    answer: writeChat({
      id: get('response.id'),
      model: typeof model === 'string' ? model : undefined,
      choices: choices.map((choice, index) => ({
        ...choice,
        finish: choice.finish ?? [get('response.finish_reasons')].flat()[index],
      })),
      usage: readUsage({
        input: get('usage.input_tokens') ?? get('usage.prompt_tokens'),
        output: get('usage.output_tokens') ?? get('usage.completion_tokens'),
      }),
    }),
    callSite: typeof attributes['code.function.name'] === 'string' ? attributes['code.function.name'] : undefined,
    target: typeof provider === 'string' ? provider.toLowerCase() : 'openai',
    lacks: ['bytes', 'headers', 'status'],
  };
}

const parameters = [
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['max_tokens', 'max_tokens'],
  ['stop', 'stop_sequences'],
  ['seed', 'seed'],
  ['n', 'choice.count'],
  ['frequency_penalty', 'frequency_penalty'],
  ['presence_penalty', 'presence_penalty'],
] as const;

/** OTLP wraps each value in its type; whole numbers come as texts. */
function readValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (isObject(arrayValue)) return readObjects(arrayValue['values']).map(readValue);
  if (isObject(kvlistValue))
    return Object.fromEntries(
      readObjects(kvlistValue['values']).map(({ key, value: inner }) => [String(key), readValue(inner)]),
    );
  return stringValue ?? doubleValue ?? boolValue;
}

function parse(value: unknown): unknown {
  return typeof value === 'string' ? (parseJson(value) ?? value) : value;
}

function readInstructions(value: unknown): JsonObject[] {
  const parts = readObjects(parse(value));
  const text = parts.map(({ content }) => content).filter((part) => typeof part === 'string');
  return text.length === 0 ? [] : [{ role: 'system', content: text.join('\n') }];
}

/** A message of parts may be several of OpenAI's: each tool result is one of its own. */
function readMessages(value: unknown): JsonObject[] {
  return readObjects(parse(value)).flatMap((message): JsonObject[] => {
    if (!Array.isArray(message['parts'])) return [message];
    const parts = readObjects(message['parts']);
    const results = parts.filter(({ type }) => type === 'tool_call_response');
    if (results.length > 0)
      return results.map(({ id, response, result }) => ({
        role: 'tool',
        tool_call_id: id,
        content: toText(response ?? result),
      }));
    return [{ role: message['role'], ...joinParts(parts) }];
  });
}

function readOutputs(value: unknown): Array<LoggedChat['choices'][number]> {
  return readObjects(parse(value)).map((message) => {
    if (Array.isArray(message['parts']))
      return { message: joinParts(readObjects(message['parts'])), finish: message['finish_reason'] };
    const { finish_reason: finish, ...rest } = message;
    return { message: rest, finish };
  });
}

function joinParts(parts: readonly JsonObject[]): JsonObject {
  const text = parts.filter(({ type }) => type === 'text').map(({ content }) => String(content));
  const calls = parts
    .filter(({ type }) => type === 'tool_call')
    .map(({ id, name, arguments: given }) => ({
      id,
      type: 'function',
      function: { name, arguments: toText(given ?? {}) },
    }));
  return { content: text.length === 0 ? null : text.join(''), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function readTool(tool: unknown): unknown {
  if (!isObject(tool) || isObject(tool['function'])) return tool;
  const { type: _, ...rest } = tool;
  return { type: 'function', function: rest };
}

/** OpenLLMetry numbers messages: `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, `gen_ai.prompt.0.tool_calls.0.name`. */
function numbered(attributes: JsonObject, prefix: string): JsonObject[] {
  const messages: Array<Record<string, unknown>> = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [index = '', field = '', call, key] = name.slice(prefix.length + 1).split('.');
    if (!/^\d+$/.test(index) || Number(index) > 10_000) continue;
    const message = (messages[Number(index)] ??= {});
    if (field !== 'tool_calls') message[field] = field === 'content' ? readContent(value) : value;
    else if (call !== undefined && key !== undefined) {
      const calls = (message['tool_calls'] ??= []) as Array<{
        id?: unknown;
        type: string;
        function: Record<string, unknown>;
      }>;
      const made = (calls[Number(call)] ??= { type: 'function', function: {} });
      if (key === 'id') made.id = value;
      else made.function[key] = value;
    }
  }
  return messages.filter((message) => message !== undefined);
}

/** Content that is a list of parts was written as JSON. */
function readContent(value: unknown): unknown {
  const parsed = typeof value === 'string' && value.startsWith('[{') ? parseJson(value) : undefined;
  return Array.isArray(parsed) ? parsed : value;
}
