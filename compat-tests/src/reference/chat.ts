import { type WireAnswer, writeJson, writePieces } from '../endpoint.ts';
import { isObject, type JsonObject } from '../json.ts';
import { checkChatRequest, countPrompt, readChoice, readFormat, readLimits, readTools } from './chat-request.ts';
import { generate, type Generation } from './generation.ts';
import { writeLogprobs } from './logprobs.ts';
import type { Models } from './models.ts';
import { readTurns } from './turns.ts';
import { Refusal, refuseAbsence } from './refusal.ts';
import { createVariety, type State } from './state.ts';
import type { Talk } from './script.ts';

/** POST /chat/completions. @throws {Refusal} */
export function answerChat(body: JsonObject, state: State, models: Models): WireAnswer {
  if (body['model'] === undefined || body['model'] === null || body['model'] === '') throw refuseAbsence('model');
  checkChatRequest(body);
  const model = models.find(body['model'], 'chat');
  if (model.reasons && typeof body['max_tokens'] === 'number')
    throw new Refusal(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  const functions = Array.isArray(body['functions'])
    ? body['functions'].map((held: unknown) => ({ type: 'function', function: held }))
    : undefined;
  const turns = readTurns(body['messages'] as readonly unknown[]);
  if (!model.sees && turns.some(({ images }) => images !== undefined))
    throw new Refusal(400, 'This model does not support image_url content.', 'messages', 'invalid_value');
  const tools = readTools(functions ?? body['tools'], true);
  const choice = readChoice(
    functions === undefined ? body['tool_choice'] : readOldChoice(body['function_call']),
    tools,
    true,
  );
  const format = readFormat(body['response_format'], turns, true);
  const promptTokens = countPrompt(turns, functions ?? body['tools']);
  const limits = readLimits(
    body['max_completion_tokens'] ?? body['max_tokens'],
    body['stop'],
    promptTokens,
    'messages',
  );
  const talk: Omit<Talk, 'variety'> = { turns, tools, choice, parallel: body['parallel_tool_calls'] !== false, format };
  const generations = Array.from({ length: typeof body['n'] === 'number' ? body['n'] : 1 }, (_, at) =>
    generate({ ...talk, variety: createVariety(state, body, at) }, limits),
  );
  const thought = model.reasons ? 8 : 0;
  const usage = writeUsage(
    promptTokens,
    generations.reduce((sum, { size }) => sum + size + thought, 0),
    thought * generations.length,
  );
  const shared = { id: state.createId('chatcmpl-'), created: state.now(), model: model.name };
  const tail = { service_tier: 'default', system_fingerprint: 'fp_reference' };
  const probed =
    body['logprobs'] === true ? (typeof body['top_logprobs'] === 'number' ? body['top_logprobs'] : 0) : undefined;
  const choices = generations.map((generation): Choice => ({
    ...generation,
    // A named function ends by "stop", as the gpt-4o family does.
    finish: generation.finish === 'tool_calls' && typeof choice === 'object' ? 'stop' : generation.finish,
    ids: generation.calls.map(() => state.createId('call_')),
    old: functions !== undefined,
    probed,
  }));
  if (body['stream'] !== true) {
    return writeJson(200, { ...shared, object: 'chat.completion', choices: choices.map(writeChoice), usage, ...tail });
  }
  const withUsage = isObject(body['stream_options']) && body['stream_options']['include_usage'] === true;
  const envelope = { ...shared, object: 'chat.completion.chunk', ...tail };
  const chunks = [
    ...interleave(choices.map(writeDeltas)).map((piece) => ({
      ...envelope,
      choices: [piece],
      ...(withUsage ? { usage: null } : {}),
    })),
    ...(withUsage ? [{ ...envelope, choices: [], usage }] : []),
  ];
  return writeStream([...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`));
}

/** A stream whose events are written one at a time. */
export function writeStream(events: readonly string[]): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    pieces: writePieces(...events),
    ending: 'whole',
  };
}

function writeUsage(prompt: number, completion: number, reasoning: number): JsonObject {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

interface Choice extends Generation {
  readonly ids: readonly string[];
  /** Whether functions came in the older field, and calls go back in it. */
  readonly old: boolean;
  /** How many top_logprobs are wanted; `undefined` without logprobs. */
  readonly probed: number | undefined;
}

const readOldChoice = (choice: unknown) => (isObject(choice) ? { type: 'function', function: choice } : choice);

const writeCalls = ({ calls, ids }: Choice) =>
  calls.map(({ name, arguments: text }, at) => ({
    id: ids[at],
    type: 'function',
    function: { name, arguments: text },
  }));

function writeChoice(choice: Choice, index: number): JsonObject {
  const { tokens, calls, finish, old, probed } = choice;
  const isCall = calls.length > 0 || (finish === 'length' && tokens.length === 0);
  const message = {
    role: 'assistant',
    content: isCall ? null : tokens.join(''),
    ...(calls.length === 0
      ? {}
      : old
        ? { function_call: writeCalls(choice)[0]?.function }
        : { tool_calls: writeCalls(choice) }),
    refusal: null,
    annotations: [],
  };
  const logprobs = probed === undefined || isCall ? null : { content: writeLogprobs(tokens, probed), refusal: null };
  return { index, message, logprobs, finish_reason: old && finish === 'tool_calls' ? 'function_call' : finish };
}

function writeDeltas(choice: Choice, index: number): JsonObject[] {
  const { tokens, calls, finish, old, probed } = choice;
  const piece = (delta: JsonObject, logprobs: unknown = null, reason: string | null = null) => ({
    index,
    delta,
    logprobs,
    finish_reason: reason,
  });
  const end = piece({}, null, old && finish === 'tool_calls' ? 'function_call' : finish);
  if (calls.length === 0) {
    return [
      piece({ role: 'assistant', content: '', refusal: null }),
      ...tokens.map((token) =>
        piece(
          { content: token },
          probed === undefined ? null : { content: writeLogprobs([token], probed), refusal: null },
        ),
      ),
      end,
    ];
  }
  const whole = writeCalls(choice);
  return [
    piece({ role: 'assistant', content: null, refusal: null }),
    ...whole.flatMap(({ function: held, ...call }, at) => {
      const wrap = (delta: JsonObject) =>
        old ? { function_call: delta['function'] } : { tool_calls: [{ index: at, ...delta }] };
      return [
        piece(wrap({ ...call, function: { name: held.name, arguments: '' } })),
        ...splitArguments(held.arguments).map((text) => piece(wrap({ function: { arguments: text } }))),
      ];
    }),
    end,
  ];
}

/** Pieces of two to five characters, cut wherever it comes, but never inside a character. */
export function splitArguments(text: string): string[] {
  return text.match(/[^]{1,4}/gu) ?? [];
}

/** Takes one piece of each choice in turn, as parallel choices come. */
function interleave(lists: readonly (readonly JsonObject[])[]): JsonObject[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
