import { type WireAnswer, writeJson } from '../endpoint.ts';
import { isObject, type JsonObject, readObjects } from '../json.ts';
import { writeStream } from './chat.ts';
import { contextWindow, readLimits } from './chat-request.ts';
import { generate } from './generation.ts';
import type { Models } from './models.ts';
import { Refusal, refuseAbsence, refuseType, refuseValue } from './refusal.ts';
import { createVariety, type State } from './state.ts';
import { countTokens, splitTokens } from './tokens.ts';

const defaultWidth = 160;

/** POST /embeddings: bags of words, of length 1. @throws {Refusal} */
export function answerEmbeddings(body: JsonObject, models: Models): WireAnswer {
  const { input, encoding_format: encoding = 'float', dimensions = defaultWidth } = body;
  if (body['model'] === undefined) throw refuseAbsence('model');
  const model = models.find(body['model'], 'embeddings');
  if (input === undefined || input === null) throw refuseAbsence('input');
  if (encoding !== 'float' && encoding !== 'base64')
    throw refuseValue(
      `Invalid value: '${String(encoding)}'. Supported values are: 'float' and 'base64'.`,
      'encoding_format',
    );
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions))
    throw refuseType('dimensions', 'an integer', dimensions);
  if (dimensions < 1 || dimensions > defaultWidth)
    throw refuseValue(
      `Invalid value for 'dimensions' = ${dimensions}. Must be between 1 and ${defaultWidth}.`,
      'dimensions',
    );
  const inputs = readInputs(input);
  const sizes = inputs.map((words) => words.length);
  if (sizes.some((size) => size > contextWindow))
    throw new Refusal(
      400,
      `Invalid 'input': maximum context length is ${contextWindow} tokens.`,
      'input',
      'context_length_exceeded',
    );
  const tokens = sizes.reduce((sum, size) => sum + size, 0);
  return writeJson(200, {
    object: 'list',
    data: inputs.map((words, index) => ({
      object: 'embedding',
      index,
      embedding: encode(embed(words, dimensions), encoding),
    })),
    model: model.name,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** The inputs as tokens: texts are split, tokens are taken as they are. */
function readInputs(input: unknown): string[][] {
  if (typeof input === 'string') return [readText(input, 'input')];
  if (!Array.isArray(input)) throw refuseType('input', 'one of a string or an array', input);
  const list = input as readonly unknown[];
  if (list.length === 0) throw refuseValue("Invalid 'input': input cannot be an empty array.", 'input', 'empty_array');
  if (list.length > 2048)
    throw refuseValue(
      `Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length ${list.length} instead.`,
      'input',
      'array_above_max_length',
    );
  if (list.every((item) => typeof item === 'number')) return [list.map((item) => `#${item}`)];
  return list.map((item, at) => {
    if (typeof item === 'string') return readText(item, `input[${at}]`);
    if (Array.isArray(item) && item.length > 0 && item.every((token) => typeof token === 'number'))
      return item.map((token) => `#${String(token)}`);
    throw refuseType(`input[${at}]`, 'a string', item);
  });
}

function readText(text: string, param: string): string[] {
  if (text === '') throw refuseValue(`Invalid '${param}': input cannot be an empty string.`, param, 'empty_string');
  return text.length > contextWindow * 8
    ? Array.from({ length: countTokens(text) }, () => '')
    : splitTokens(text.toLowerCase());
}

function embed(words: readonly string[], width: number): number[] {
  const vector = Array.from({ length: width }, () => 0);
  for (const word of words) {
    let hash = 2_166_136_261;
    for (const character of word.trim()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
    const at = hash % width;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => Math.fround(value / length));
}

function encode(vector: readonly number[], encoding: 'float' | 'base64'): readonly number[] | string {
  if (encoding === 'float') return vector;
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString('base64');
}

/** Categories and words that stand for them. Source of the names: https://platform.openai.com/docs/guides/moderation, checked 2026-11-25 */
const categories: Readonly<Record<string, RegExp>> = {
  harassment: /\b(idiot|loser)\b/i,
  'harassment/threatening': /\bI will hurt you\b/i,
  hate: /\bhate (them|all)\b/i,
  'hate/threatening': /\bthey must die\b/i,
  illicit: /\b(steal|shoplift)\b/i,
  'illicit/violent': /\bbuild a bomb\b/i,
  'self-harm': /\bcut myself\b/i,
  'self-harm/instructions': /\bhow to cut myself\b/i,
  'self-harm/intent': /\bI want to (die|cut myself)\b/i,
  sexual: /\bsexual\b/i,
  'sexual/minors': /\bsexual\b.*\bminor\b/i,
  violence: /\b(kill|harm|hurt|murder|bomb)\b/i,
  'violence/graphic': /\bgore\b/i,
};

/** POST /moderations: by words. @throws {Refusal} */
export function answerModerations(body: JsonObject, state: State, models: Models): WireAnswer {
  const model = models.find(body['model'] ?? 'reference-moderation', 'moderations');
  const { input } = body;
  if (input === undefined || input === null) throw refuseAbsence('input');
  const inputs: readonly string[] = typeof input === 'string' ? [input] : readModerated(input);
  const results = inputs.map((text) => {
    const entries = Object.entries(categories).map(([name, words]) => [name, words.test(text)] as const);
    return {
      flagged: entries.some(([, found]) => found),
      categories: Object.fromEntries(entries),
      category_scores: Object.fromEntries(entries.map(([name, found]) => [name, found ? 0.97 : 0.0001])),
      category_applied_input_types: Object.fromEntries(entries.map(([name]) => [name, ['text']])),
    };
  });
  return writeJson(200, { id: state.createId('modr-'), model: model.name, results });
}

function readModerated(input: unknown): string[] {
  if (!Array.isArray(input)) throw refuseType('input', 'one of a string or an array', input);
  if (input.every((item) => typeof item === 'string')) return input;
  // Parts of one input: a text and its images are judged together.
  return [
    readObjects(input)
      .map(({ text }) => (typeof text === 'string' ? text : ''))
      .join(' '),
  ];
}

/** POST /completions. @throws {Refusal} */
export function answerCompletions(body: JsonObject, state: State, models: Models): WireAnswer {
  if (body['model'] === undefined) throw refuseAbsence('model');
  const model = models.find(body['model'], 'chat');
  const { logprobs, max_tokens: maxTokens = 16, n = 1, echo, suffix } = body;
  if (typeof logprobs === 'number' && logprobs > 5)
    throw refuseValue(
      `Invalid 'logprobs': integer above maximum value. Expected a value <= 5, but got ${logprobs} instead.`,
      'logprobs',
      'integer_above_max_value',
    );
  if (typeof maxTokens !== 'number' || maxTokens < 0) throw refuseType('max_tokens', 'an integer', maxTokens);
  if (typeof suffix === 'string')
    throw new Refusal(400, 'Unrecognized request argument supplied: suffix', 'suffix', 'unsupported_parameter');
  const prompts = readPrompts(body['prompt']);
  const promptTokens = prompts.reduce((sum, prompt) => sum + countTokens(prompt), 0);
  const limits = readLimits(maxTokens, body['stop'], promptTokens, 'prompt');
  const answers = prompts.flatMap((prompt) =>
    Array.from({ length: Number(n) }, (_, at) => {
      const talk = {
        turns: [{ role: 'user' as const, text: prompt }],
        tools: [],
        choice: 'auto' as const,
        parallel: true,
        format: 'text' as const,
      };
      const generation = generate({ ...talk, variety: createVariety(state, body, at) }, limits);
      return {
        ...generation,
        tokens: echo === true ? [...splitTokens(prompt), ...generation.tokens] : generation.tokens,
      };
    }),
  );
  const completionTokens = answers.reduce((sum, { size }) => sum + size, 0);
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  const shared = { id: state.createId('cmpl-'), object: 'text_completion', created: state.now(), model: model.name };
  const choices = answers.map(({ tokens, finish }, index) => ({
    text: tokens.join(''),
    index,
    logprobs: typeof logprobs === 'number' ? writeTokenLogprobs(tokens, logprobs) : null,
    finish_reason: finish,
  }));
  if (body['stream'] !== true) return writeJson(200, { ...shared, choices, usage });
  const withUsage = isObject(body['stream_options']) && body['stream_options']['include_usage'] === true;
  const nothing = withUsage ? { usage: null } : {};
  const chunks: JsonObject[] = answers.flatMap(({ tokens, finish }, index) => [
    ...tokens.map((text) => ({
      ...shared,
      choices: [{ text, index, logprobs: null, finish_reason: null }],
      ...nothing,
    })),
    { ...shared, choices: [{ text: '', index, logprobs: null, finish_reason: finish }], ...nothing },
  ]);
  if (withUsage) chunks.push({ ...shared, choices: [], usage });
  return writeStream([...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`));
}

function readPrompts(prompt: unknown): string[] {
  if (prompt === undefined || prompt === null) return ['<|endoftext|>'];
  if (typeof prompt === 'string') return [prompt];
  if (!Array.isArray(prompt) || prompt.length === 0) throw refuseType('prompt', 'one of a string or an array', prompt);
  const list = prompt as readonly unknown[];
  if (list.every((item) => typeof item === 'number')) return [list.map((token) => `#${token}`).join(' ')];
  return list.map((item) =>
    typeof item === 'string' ? item : (item as readonly unknown[]).map((token) => `#${String(token)}`).join(' '),
  );
}

function writeTokenLogprobs(tokens: readonly string[], top: number) {
  let offset = 0;
  return {
    tokens,
    token_logprobs: tokens.map(() => -0.0125),
    top_logprobs: tokens.map((token) =>
      Object.fromEntries([token, ' the', ' a', '.', ','].slice(0, top).map((one, at) => [one, -0.0125 - 2.5 * at])),
    ),
    text_offset: tokens.map((token) => {
      offset += token.length;
      return offset - token.length;
    }),
  };
}
