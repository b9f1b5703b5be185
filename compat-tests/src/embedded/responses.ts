import { readChatPrompt, readChatRequest } from './chat-request.ts';
import { asObject, type Body } from './fields.ts';
import { createEventStream, sendJson } from './http.ts';
import { generate, type Answer } from './generation.ts';
import type { Route } from './route.ts';
import { createId, now } from './wire-shapes.ts';
import { invalidRequest } from './wire-error.ts';

/** One input item of the Responses API as a chat message. */
function readItem(item: unknown): unknown {
  const fields = asObject(item);
  if (fields === undefined) throw invalidRequest("Expected 'input' to contain objects");
  if (fields['type'] === 'function_call') {
    const { name, arguments: text, call_id: id } = fields;
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: text } }],
    };
  }
  if (fields['type'] === 'function_call_output') {
    return { role: 'tool', tool_call_id: fields['call_id'], content: fields['output'] };
  }
  const { role, content } = fields;
  if (!Array.isArray(content)) return { role, content };
  const parts = (content as unknown[]).map((part) => {
    const { type, text, image_url } = asObject(part) ?? {};
    if (type === 'input_text' || type === 'output_text') return { type: 'text', text };
    return type === 'input_image' ? { type: 'image_url', image_url } : part;
  });
  return { role, content: parts };
}

/**
 * The chat request that a Responses request amounts to. As in llama-server, `text.format` is ignored and tools that are no functions
 * are dropped, both without a word.
 */
function toChatBody(body: Body): Body {
  if (body['previous_response_id']) throw invalidRequest("llama.cpp does not support 'previous_response_id'.");
  const { input, instructions } = body;
  if (input === undefined || input === null) throw invalidRequest("'input' is required");
  const messages = Array.isArray(input) ? (input as unknown[]).map(readItem) : [{ role: 'user', content: input }];
  const tools = Array.isArray(body['tools'])
    ? (body['tools'] as unknown[]).flatMap((tool) => {
        const { type, ...fn } = asObject(tool) ?? {};
        return type === 'function' ? [{ type, function: fn }] : [];
      })
    : [];
  return {
    ...body,
    messages: instructions ? [{ role: 'system', content: instructions }, ...messages] : messages,
    tools,
    max_tokens: body['max_output_tokens'],
  };
}

const messageItem = (id: string, text: string) => ({
  type: 'message',
  status: 'completed',
  id,
  content: [{ type: 'output_text', annotations: [], logprobs: [], text }],
  role: 'assistant',
});

const callItem = ({ id, name, arguments: text }: Answer['toolCalls'][number]) => ({
  id: `fc_${id}`,
  type: 'function_call',
  status: 'completed',
  arguments: text,
  call_id: `call_${id}`,
  name,
});

const writeOutput = (answer: Answer, messageId: string) => [
  ...(answer.text === '' ? [] : [messageItem(messageId, answer.text)]),
  ...answer.toolCalls.map(callItem),
];

/** A response whose length limit was hit is "completed" too, as in llama-server. */
const writeResponse = (answer: Answer, model: string, id: string, messageId: string) => ({
  id,
  object: 'response',
  created_at: now(),
  status: 'completed',
  model,
  output: writeOutput(answer, messageId),
  usage: {
    input_tokens: answer.completion.promptTokens,
    output_tokens: answer.completion.completionTokens,
    total_tokens: answer.completion.promptTokens + answer.completion.completionTokens,
    input_tokens_details: { cached_tokens: answer.completion.cachedTokens },
  },
});

/** POST /v1/responses: its stream has llama-server's holes (no sequence_number, no output_index, no output in `created`). */
export const responses: Route = async ({ engine, body, response, signal }) => {
  const request = readChatRequest(toChatBody(body), engine);
  const id = `resp_${createId()}`;
  const messageId = `msg_${createId()}`;
  if (!request.stream) {
    const answer = await generate(engine, request.engineRequest, { signal });
    sendJson(response, 200, { completed_at: now(), ...writeResponse(answer, engine.modelId, id, messageId) });
    return;
  }
  const events = createEventStream(response);
  const send = (type: string, fields: object) => events.event(type, { type, ...fields });
  let textBegun = false;
  const calls: string[] = [];
  const answer = await generate(engine, request.engineRequest, {
    signal,
    onStart: () => {
      const begun = { response: { id, object: 'response', status: 'in_progress' } };
      send('response.created', begun);
      send('response.in_progress', begun);
    },
    onPiece: ({ text, toolCalls }) => {
      if (text !== '') {
        if (!textBegun) {
          textBegun = true;
          send('response.output_item.added', {
            item: { content: [], id: messageId, role: 'assistant', status: 'in_progress', type: 'message' },
          });
          send('response.content_part.added', { item_id: messageId, part: { type: 'output_text', text: '' } });
        }
        send('response.output_text.delta', { item_id: messageId, delta: text });
      }
      for (const call of toolCalls) {
        if (call.id !== undefined) {
          calls[call.index] = call.id;
          send('response.output_item.added', {
            item: {
              id: `fc_${call.id}`,
              arguments: '',
              call_id: `call_${call.id}`,
              name: call.function.name,
              type: 'function_call',
              status: 'in_progress',
            },
          });
        }
        send('response.function_call_arguments.delta', {
          delta: call.function.arguments,
          item_id: `fc_${calls[call.index] ?? ''}`,
        });
      }
    },
  });
  if (textBegun) {
    const part = { type: 'output_text', annotations: [], logprobs: [], text: answer.text };
    send('response.output_text.done', { item_id: messageId, text: answer.text });
    send('response.content_part.done', { item_id: messageId, part });
  }
  for (const item of writeOutput(answer, messageId)) send('response.output_item.done', { item });
  send('response.completed', {
    response: writeResponse(answer, engine.modelId, id, messageId),
    timings: answer.completion.timings,
  });
  events.end();
};

/** POST /v1/responses/input_tokens. */
export const countResponseTokens: Route = async ({ engine, body, response }) => {
  const prompt = readChatPrompt(toChatBody(body));
  sendJson(response, 200, { input_tokens: await engine.countTokens(prompt), object: 'response.input_tokens' });
};
