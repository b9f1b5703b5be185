import type { Engine, EnginePrompt, EngineRequest } from './engine.ts';
import { asObject, readBoolean, readNumber, type Body } from './fields.ts';
import { readSampling } from './sampling.ts';
import { invalidRequest, serverError } from './wire-error.ts';

/** A chat request, read. */
export interface ChatRequest {
  readonly engineRequest: EngineRequest;
  readonly n: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const DEFAULT_TOP_LOGPROBS = 20;

/** Messages as the template gets them: `developer` is `system`; anything that is no text is refused. */
function readMessages(body: Body): unknown[] {
  const { messages } = body;
  if (messages === undefined || messages === null) throw invalidRequest("'messages' is required");
  if (!Array.isArray(messages)) throw invalidRequest("Expected 'messages' to be an array");
  return (messages as unknown[]).map((message) => {
    const fields = asObject(message);
    if (fields === undefined) throw invalidRequest("Expected 'messages' to contain objects");
    if (typeof fields['role'] !== 'string') throw invalidRequest("Missing 'role' in message");
    const { content } = fields;
    if (Array.isArray(content)) {
      for (const part of content as unknown[]) {
        const type = asObject(part)?.['type'];
        if (type === 'image_url')
          throw serverError(
            'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
          );
        if (type === 'input_audio')
          throw serverError(
            'audio input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
          );
        if (type !== 'text') throw invalidRequest(`unsupported content[].type`);
      }
    }
    return fields['role'] === 'developer' ? { ...fields, role: 'system' } : fields;
  });
}

/** llama-server reads the strings; an object (a named function, allowed_tools) is taken for "auto" without a word. */
function readToolChoice(body: Body): 'auto' | 'none' | 'required' {
  const choice = body['tool_choice'];
  if (typeof choice !== 'string') return 'auto';
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  throw invalidRequest(`Invalid tool_choice: ${choice}`);
}

function readSchema(body: Body): unknown {
  const format = asObject(body['response_format']);
  if (format === undefined) return body['json_schema'] ?? undefined;
  const { type } = format;
  if (type === 'json_object') return format['schema'] ?? { type: 'object' };
  if (type === 'json_schema') return asObject(format['json_schema'])?.['schema'] ?? {};
  if (type === undefined || type === 'text' || type === '') return undefined;
  throw invalidRequest(`response_format type must be one of "text" or "json_object", but got: ${String(type)}`);
}

/** The conversation of a request, for the template. */
export function readChatPrompt(body: Body): EnginePrompt {
  const schema = readSchema(body);
  const { tools } = body;
  return {
    kind: 'chat',
    messages: readMessages(body),
    ...(Array.isArray(tools) && tools.length > 0 ? { tools: tools as unknown[] } : {}),
    toolChoice: readToolChoice(body),
    parallelToolCalls: readBoolean(body, 'parallel_tool_calls') ?? false,
    ...(schema === undefined ? {} : { schema }),
  };
}

/** Reads a chat request. @throws {WireError} what llama-server would answer. */
export function readChatRequest(body: Body, engine: Engine): ChatRequest {
  const prompt = readChatPrompt(body);
  const logprobs = readBoolean(body, 'logprobs') ?? false;
  const top = readNumber(body, 'top_logprobs');
  if (!logprobs && top !== undefined && top > 0)
    throw invalidRequest('top_logprobs requires logprobs to be set to true');
  return {
    engineRequest: { ...readSampling(body), prompt, topLogprobs: logprobs ? (top ?? DEFAULT_TOP_LOGPROBS) : 0 },
    n: readNumber(body, 'n', [1, engine.slots]) ?? 1,
    stream: readBoolean(body, 'stream') ?? false,
    includeUsage: asObject(body['stream_options'])?.['include_usage'] === true,
  };
}
