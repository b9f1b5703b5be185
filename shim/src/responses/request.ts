import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';
import { identifyItem, type Item } from './item.ts';
import type { ToolOffer } from './tools.ts';

/** A Responses request, read and checked. */
export interface ResponsesRequest {
  readonly body: WireObject;
  readonly stream: boolean;
  readonly store: boolean;
  /** This call's own input, each item with its id; references are not resolved yet. */
  readonly items: readonly Item[];
  readonly previousId: string | undefined;
  readonly conversationId: string | undefined;
  readonly wantsLogprobs: boolean;
  readonly mayTruncate: boolean;
  /** Runs of built-in tools at most; `undefined` where none is given. */
  readonly maxToolCalls: number | undefined;
}

/** Parameters with a counterpart in chat, under chat's name. Source: openai@7.57.0 resources/responses and resources/chat; checked 2026-11-23. */
const renamed: Readonly<Record<string, string>> = {
  max_output_tokens: 'max_completion_tokens',
  metadata: 'metadata',
  moderation: 'moderation',
  parallel_tool_calls: 'parallel_tool_calls',
  prompt_cache_key: 'prompt_cache_key',
  prompt_cache_options: 'prompt_cache_options',
  prompt_cache_retention: 'prompt_cache_retention',
  safety_identifier: 'safety_identifier',
  service_tier: 'service_tier',
  temperature: 'temperature',
  top_logprobs: 'top_logprobs',
  top_p: 'top_p',
  user: 'user',
};

/** Parameters that are read here and not sent on under their own name. */
const read = [
  'background',
  'context_management',
  'conversation',
  'include',
  'input',
  'instructions',
  'max_tool_calls',
  'model',
  'previous_response_id',
  'prompt',
  'reasoning',
  'store',
  'stream',
  'stream_options',
  'text',
  'tool_choice',
  'tools',
  'truncation',
];

/** Reads and checks a Responses request. Throws a `Refusal`. */
export function readResponsesRequest(body: WireObject, report: Report): ResponsesRequest {
  refuseForeign(body);
  const previousId = readText(body, 'previous_response_id');
  const conversation = body['conversation'];
  const conversationId = isObject(conversation) ? readText(conversation, 'id') : readText(body, 'conversation');
  if (previousId !== undefined && conversationId !== undefined)
    throw refuseRequest(
      'Mutually exclusive parameters: previous_response_id and conversation; send one of them',
      'previous_response_id',
      'mutually_exclusive_parameters',
    );
  const limit = body['max_output_tokens'];
  if (!isAbsent(limit) && (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 16))
    throw refuseRequest(
      `max_output_tokens is ${JSON.stringify(limit)}; it must be a whole number of at least 16`,
      'max_output_tokens',
      typeof limit === 'number' ? 'integer_below_min_value' : 'invalid_type',
    );
  const include = Array.isArray(body['include']) ? body['include'] : [];
  if (include.includes('reasoning.encrypted_content'))
    report.add({
      code: 'reasoning-not-encrypted',
      severity: 'info',
      where: 'request.include',
      what: 'reasoning.encrypted_content left out',
      why: 'an open endpoint’s reasoning comes in the clear, in the item’s content',
      fix: '',
    });
  noteReasoningSummary(body, report);
  const calls = body['max_tool_calls'];
  return {
    body,
    stream: body['stream'] === true,
    store: body['store'] !== false,
    items: readItems(body['input']),
    previousId,
    conversationId,
    wantsLogprobs:
      include.includes('message.output_text.logprobs') ||
      (typeof body['top_logprobs'] === 'number' && body['top_logprobs'] > 0),
    mayTruncate: body['truncation'] === 'auto',
    maxToolCalls: typeof calls === 'number' ? calls : undefined,
  };
}

/** Writes the chat request. `messages` is the whole history. Unknown parameters go along, for endpoints that know them. */
export function writeChatBody(
  { body, stream, wantsLogprobs }: ResponsesRequest,
  messages: readonly WireObject[],
  { tools, choice }: ToolOffer,
): WireObject {
  const text = isObject(body['text']) ? body['text'] : {};
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  const out: Record<string, unknown> = { model: body['model'], messages };
  for (const [name, value] of Object.entries(body)) {
    if (isAbsent(value) || read.includes(name)) continue;
    out[renamed[name] ?? name] = value;
  }
  if (!isAbsent(text['verbosity'])) out['verbosity'] = text['verbosity'];
  const format = writeFormat(text['format']);
  if (format !== undefined) out['response_format'] = format;
  if (!isAbsent(reasoning['effort'])) out['reasoning_effort'] = reasoning['effort'];
  if (tools.length > 0) out['tools'] = tools;
  if (tools.length > 0 && !isAbsent(choice)) out['tool_choice'] = choice;
  if (wantsLogprobs) out['logprobs'] = true;
  if (stream) Object.assign(out, { stream: true, stream_options: { include_usage: true } });
  return out;
}

function writeFormat(format: unknown): WireObject | undefined {
  if (!isObject(format) || format['type'] === 'text') return undefined;
  if (format['type'] === 'json_object') return { type: 'json_object' };
  if (format['type'] !== 'json_schema' || !isObject(format['schema']))
    throw refuseRequest(
      format['type'] === 'json_schema'
        ? "Missing required parameter: 'text.format.schema'"
        : `text.format.type is ${JSON.stringify(format['type'])}; it must be text, json_object or json_schema`,
      format['type'] === 'json_schema' ? 'text.format.schema' : 'text.format.type',
      format['type'] === 'json_schema' ? 'missing_required_parameter' : 'invalid_value',
    );
  return { type: 'json_schema', json_schema: omitKeys(format, ['type']) };
}

function readItems(input: unknown): readonly Item[] {
  if (isAbsent(input)) return [];
  if (typeof input === 'string') return [identifyItem({ role: 'user', content: input })];
  if (!Array.isArray(input)) throw refuseRequest('input must be a text or a list of items', 'input', 'invalid_type');
  return input.map((item, index) => {
    const place = `input[${index}]`;
    if (!isObject(item)) throw refuseRequest(`${place} must be an object`, place, 'invalid_type');
    if (item['type'] === undefined && item['role'] === undefined && typeof item['id'] === 'string')
      return identifyItem({ ...item, type: 'item_reference' });
    const isMessage = item['type'] === undefined || item['type'] === 'message';
    if (isMessage && !['user', 'assistant', 'system', 'developer'].includes(String(item['role'])))
      throw refuseRequest(
        `${place}.role is ${JSON.stringify(item['role'])}; it must be user, assistant, system or developer`,
        `${place}.role`,
        'invalid_value',
      );
    return identifyItem(item);
  });
}

function refuseForeign(body: WireObject): void {
  if (body['background'] === true)
    throw refuseRequest(
      'background responses need a server that goes on without the client; leave background out, or stream',
      'background',
    );
  if (!isAbsent(body['prompt']))
    throw refuseRequest(
      'prompt names a prompt kept at OpenAI, which turns them off on 2026-11-30: send its text as instructions (https://platform.openai.com/docs/deprecations, 2026-11-23)',
      'prompt',
    );
  if (!isAbsent(body['context_management']))
    throw refuseRequest(
      'context_management compacts the history at OpenAI; use truncation: "auto", or shorten the input',
      'context_management',
    );
  if (typeof body['model'] !== 'string')
    throw refuseRequest("Missing required parameter: 'model'", 'model', 'missing_required_parameter');
}

function noteReasoningSummary(body: WireObject, report: Report): void {
  const reasoning = body['reasoning'];
  if (!isObject(reasoning) || isAbsent(reasoning['summary'] ?? reasoning['generate_summary'])) return;
  report.add({
    code: 'reasoning-not-summarised',
    severity: 'info',
    where: 'request.reasoning.summary',
    what: 'no summary of the reasoning',
    why: 'an open endpoint gives the reasoning itself, in the item’s content',
    fix: 'Read reasoning_text, or summarise it in a call of your own',
  });
}

function readText(body: WireObject, name: string): string | undefined {
  const value = body[name];
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw refuseRequest(`${name} must be an id`, name, 'invalid_type');
}
