import { isObject, type JsonObject, readObjects } from '../json.ts';
import { refuseAbsence, refuseType, refuseValue, Refusal } from './refusal.ts';
import type { Talk, Tool, Turn } from './script.ts';
import { findSchemaMistake } from './strict-schema.ts';
import { countTokens } from './tokens.ts';

/** Tokens of a prompt and its answer together. */
export const contextWindow = 8192;

/** How an answer is cut and what is told of it. */
export interface Limits {
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

type Check = (value: unknown, param: string) => void;
const numberIn =
  (low: number, high: number, whole = false): Check =>
  (value, param) => {
    if (typeof value !== 'number' || (whole && !Number.isInteger(value)))
      throw refuseType(param, whole ? 'an integer' : 'a decimal', value);
    const kind = whole ? 'integer' : 'decimal';
    if (value < low)
      throw refuseValue(
        `Invalid '${param}': ${kind} below minimum value. Expected a value >= ${low}, but got ${value} instead.`,
        param,
        `${kind}_below_min_value`,
      );
    if (value > high)
      throw refuseValue(
        `Invalid '${param}': ${kind} above maximum value. Expected a value <= ${high}, but got ${value} instead.`,
        param,
        `${kind}_above_max_value`,
      );
  };
const flag: Check = (value, param) => {
  if (typeof value !== 'boolean') throw refuseType(param, 'a boolean', value);
};
const text: Check = (value, param) => {
  if (typeof value !== 'string') throw refuseType(param, 'a string', value);
};
const object: Check = (value, param) => {
  if (!isObject(value)) throw refuseType(param, 'an object', value);
};
const list: Check = (value, param) => {
  if (!Array.isArray(value)) throw refuseType(param, 'an array of objects', value);
};
const any: Check = () => {};
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, param) => {
    text(value, param);
    if (!allowed.includes(value as string))
      throw refuseValue(
        `Invalid value: '${String(value)}'. Supported values are: ${allowed.map((one) => `'${one}'`).join(', ')}.`,
        param,
      );
  };
const bias: Check = (value, param) => {
  object(value, param);
  for (const [token, weight] of Object.entries(value as JsonObject)) {
    if (!/^\d+$/.test(token) || Number(token) > 200_000)
      throw refuseValue(
        `Invalid key in '${param}': ${token}. Token ids are integers below 200000.`,
        param,
        'invalid_value',
      );
    numberIn(-100, 100)(weight, `${param}.${token}`);
  }
};
const stop: Check = (value, param) => {
  if (Array.isArray(value) && value.length > 4)
    throw refuseValue(
      `Invalid '${param}': array too long. Expected an array with maximum length 4, but got an array with length ${value.length} instead.`,
      param,
      'array_above_max_length',
    );
  if ([value].flat().some((one) => typeof one !== 'string'))
    throw refuseType(param, 'a string or an array of strings', value);
};

/** What every sampling parameter may be. Source: https://platform.openai.com/docs/api-reference/chat/create, checked 2026-11-25 */
export const samplingChecks: Readonly<Record<string, Check>> = {
  temperature: numberIn(0, 2),
  top_p: numberIn(0, 1),
  user: text,
  metadata: object,
  store: flag,
  service_tier: text,
  safety_identifier: text,
  prompt_cache_key: text,
  prompt_cache_retention: text,
  stream: flag,
  parallel_tool_calls: flag,
  top_logprobs: numberIn(0, 20, true),
  tools: list,
};

const chatChecks: Readonly<Record<string, Check>> = {
  ...samplingChecks,
  model: text,
  messages: list,
  n: numberIn(1, 128, true),
  seed: numberIn(-9_223_372_036_854_776_000, 9_223_372_036_854_776_000, true),
  stop,
  max_tokens: numberIn(1, Number.POSITIVE_INFINITY, true),
  max_completion_tokens: numberIn(1, Number.POSITIVE_INFINITY, true),
  frequency_penalty: numberIn(-2, 2),
  presence_penalty: numberIn(-2, 2),
  logit_bias: bias,
  logprobs: flag,
  response_format: object,
  tool_choice: any,
  functions: list,
  function_call: any,
  stream_options: object,
  reasoning_effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
  verbosity: oneOf('low', 'medium', 'high'),
  modalities: any,
  audio: object,
  prediction: object,
  web_search_options: object,
};

/** Checks fields against a table; null is the same as absent, and what the table does not know is refused. */
export function checkFields(
  body: JsonObject,
  checks: Readonly<Record<string, Check>>,
  unknown: (name: string) => Refusal,
): void {
  for (const [name, value] of Object.entries(body)) {
    const check = checks[name];
    if (check === undefined) throw unknown(name);
    if (value !== null) check(value, name);
  }
}

/** Checks the fields of a chat request that stand for themselves. @throws {Refusal} */
export function checkChatRequest(body: JsonObject): void {
  checkFields(body, chatChecks, (name) => new Refusal(400, `Unrecognized request argument supplied: ${name}`));
  if (body['messages'] === undefined || body['messages'] === null) throw refuseAbsence('messages');
  if (!Array.isArray(body['messages']) || body['messages'].length === 0)
    throw refuseValue(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  if (isObject(body['stream_options']) && body['stream'] !== true)
    throw new Refusal(
      400,
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    );
  if (typeof body['top_logprobs'] === 'number' && body['logprobs'] !== true)
    throw new Refusal(400, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs');
  if (typeof body['max_tokens'] === 'number' && typeof body['max_completion_tokens'] === 'number')
    throw new Refusal(
      400,
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    );
}

/** Reads the limits of an answer that begins after `promptTokens`. @throws {Refusal} 400 when there is no room. */
export function readLimits(asked: unknown, stops: unknown, promptTokens: number, param: string): Limits {
  if (promptTokens > contextWindow)
    throw new Refusal(
      400,
      `This model's maximum context length is ${contextWindow} tokens. However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`,
      param,
      'context_length_exceeded',
    );
  if (typeof asked === 'number' && asked > contextWindow * 2)
    throw refuseValue(
      `max_tokens is too large: ${asked}. This model supports at most ${contextWindow * 2} completion tokens, whereas you provided ${asked}.`,
      'max_tokens',
    );
  return {
    maxTokens: Math.min(typeof asked === 'number' ? asked : Number.POSITIVE_INFINITY, contextWindow - promptTokens),
    stop: [stops].flat().filter((one): one is string => typeof one === 'string' && one !== ''),
  };
}

/** Reads the functions of a request. @throws {Refusal} for names and schemas OpenAI refuses. */
export function readTools(tools: unknown, nested: boolean): Tool[] {
  if (tools === undefined || tools === null) return [];
  if (Array.isArray(tools) && tools.length === 0 && nested)
    throw refuseValue(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'tools',
      'empty_array',
    );
  if (Array.isArray(tools) && tools.length > 128)
    throw refuseValue(
      `Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length ${tools.length} instead.`,
      'tools',
      'array_above_max_length',
    );
  return readObjects(tools).map((tool, at) => {
    const here = nested ? `tools[${at}].function` : `tools[${at}]`;
    if (tool['type'] === 'custom')
      throw refuseValue(`Invalid value: 'custom'. This model does not support custom tools.`, `tools[${at}].type`);
    if (tool['type'] !== 'function')
      throw refuseValue(
        `Hosted tool '${String(tool['type'])}' is not supported with this model.`,
        `tools[${at}].type`,
        'unsupported_value',
      );
    const held = nested ? tool['function'] : tool;
    if (!isObject(held)) throw refuseAbsence(here);
    const { name, description, parameters, strict } = held;
    if (typeof name !== 'string') throw refuseAbsence(`${here}.name`);
    if (!/^[\w-]{1,64}$/.test(name))
      throw refuseValue(
        `Invalid '${here}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${here}.name`,
      );
    const schema = isObject(parameters) ? parameters : { type: 'object', properties: {} };
    const mistake = findSchemaMistake(schema, strict === true);
    if (mistake !== undefined)
      throw new Refusal(
        400,
        `Invalid schema for function '${name}': ${mistake}`,
        `${here}.parameters`,
        'invalid_function_parameters',
      );
    return { name, description: typeof description === 'string' ? description : '', parameters: schema };
  });
}

/** Reads which functions may be called. @throws {Refusal} when it names none of the request. */
export function readChoice(choice: unknown, tools: readonly Tool[], nested: boolean): Talk['choice'] {
  if (choice === undefined || choice === null) return 'auto';
  if (typeof choice === 'string') {
    if (choice !== 'auto' && choice !== 'none' && choice !== 'required')
      throw refuseValue(
        `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
        'tool_choice',
      );
    if (tools.length === 0)
      throw new Refusal(
        400,
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        'tool_choice',
      );
    return choice;
  }
  if (!isObject(choice)) throw refuseType('tool_choice', 'one of a string or an object', choice);
  if (choice['type'] === 'allowed_tools') {
    const allowed = isObject(choice['allowed_tools']) ? choice['allowed_tools'] : choice;
    const [first] = readObjects(allowed['tools']);
    return allowed['mode'] === 'required' && first !== undefined ? readChoice(first, tools, nested) : 'auto';
  }
  const held = nested ? choice['function'] : choice;
  if (choice['type'] !== 'function' || !isObject(held) || typeof held['name'] !== 'string')
    throw refuseAbsence(choice['type'] === undefined ? 'tool_choice.type' : 'tool_choice.function');
  const { name } = held;
  if (!tools.some((tool) => tool.name === name))
    throw new Refusal(
      400,
      `Invalid value for 'tool_choice': Tool choice '${name}' not found in 'tools' parameter.`,
      'tool_choice',
    );
  return { named: name };
}

/** Reads a demanded format. @throws {Refusal} for forms and schemas OpenAI refuses. */
export function readFormat(format: unknown, turns: readonly Turn[], nested: boolean): Talk['format'] {
  if (format === undefined || format === null) return 'text';
  const param = nested ? 'response_format' : 'text.format';
  if (!isObject(format)) throw refuseType(param, 'an object', format);
  const { type } = format;
  if (type === undefined) throw refuseAbsence(`${param}.type`);
  if (type === 'text') return 'text';
  if (type === 'json_object') {
    if (!turns.some(({ text: said }) => /json/i.test(said)))
      throw new Refusal(
        400,
        `'messages' must contain the word 'json' in some form, to use '${param}' of type 'json_object'.`,
        nested ? 'messages' : 'input',
      );
    return 'json_object';
  }
  if (type !== 'json_schema')
    throw refuseValue(
      `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      `${param}.type`,
    );
  const held = nested ? format['json_schema'] : format;
  const here = nested ? `${param}.json_schema` : param;
  if (!isObject(held)) throw refuseAbsence(here);
  if (typeof held['name'] !== 'string') throw refuseAbsence(`${here}.name`);
  if (!/^[\w-]{1,64}$/.test(held['name']))
    throw refuseValue(
      `Invalid '${here}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${here}.name`,
    );
  if (held['schema'] === undefined) throw refuseAbsence(`${here}.schema`);
  if (!isObject(held['schema'])) throw refuseType(`${here}.schema`, 'an object', held['schema']);
  const mistake = findSchemaMistake(held['schema'], held['strict'] === true);
  if (mistake !== undefined)
    throw new Refusal(400, `Invalid schema for response_format '${held['name']}': ${mistake}`, param, null);
  return { schema: held['schema'] };
}

/** Tokens of a prompt: its text, a few for each turn, and what its tools take. */
export function countPrompt(turns: readonly Turn[], tools: unknown): number {
  const said = turns.reduce((sum, turn) => sum + countTokens(turn.text) + 4 + 85 * (turn.images?.length ?? 0), 3);
  return said + (tools === undefined || tools === null ? 0 : Math.ceil(JSON.stringify(tools).length / 4));
}
