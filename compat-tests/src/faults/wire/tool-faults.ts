import { isObject, type JsonObject, readObjects } from '../../json.ts';
import { out } from './edit.ts';
import { readText, writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onAnswer, onBody, onRequest, several } from './places.ts';

const chat = 'chat/completions';
const calls = 'choices.*.message.tool_calls';
const refuse = (status: number, message: string, more: JsonObject = {}) =>
  writeJson(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } });

const functionOf = (piece: JsonObject): JsonObject => (isObject(piece['function']) ? piece['function'] : {});

/** Tools, choices of tools and results of tools that are dropped, refused, or taken where OpenAI refuses them. */
export const toolFaults: readonly WireFault[] = [
  {
    id: 'choice-none-ignored',
    level: 'must',
    summary: 'tool_choice "none" is ignored',
    seen: ['llamacpp chat.tool_choice'],
    put: onRequest(chat, 'tool_choice', (old) => (old === 'none' ? 'required' : old)),
  },
  {
    id: 'choice-required-ignored',
    level: 'must',
    summary: 'tool_choice "required" is ignored',
    seen: ['llamacpp chat.tool_choice', 'huggingface chat.tool_choice'],
    put: onRequest(chat, 'tool_choice', (old) => (old === 'required' ? 'none' : old)),
  },
  {
    id: 'choice-named-ignored',
    level: 'must',
    summary: 'of the tools another one is called than the one that was named',
    seen: ['llama-server tool_choice'],
    put: onRequest(chat, 'tool_choice', (old, body) => {
      if (!isObject(old) || !isObject(old['function'])) return old;
      const { name } = old['function'];
      const other = readObjects(body['tools'])
        .map((tool) => functionOf(tool)['name'])
        .find((one) => one !== name);
      return other === undefined ? 'auto' : { type: 'function', function: { name: other } };
    }),
  },
  {
    id: 'choice-unknown-name-accepted',
    level: 'must',
    summary: 'a tool_choice that names no tool is taken for auto',
    seen: ['llama-server tool_choice'],
    put: onRequest(chat, 'tool_choice', (old, body) => {
      if (typeof old === 'string' || old === undefined || old === null) return old;
      const name = isObject(old) && isObject(old['function']) ? old['function']['name'] : undefined;
      const known = readObjects(body['tools']).some((tool) => functionOf(tool)['name'] === name);
      return known ? old : readObjects(body['tools']).length > 0 ? 'auto' : undefined;
    }),
  },
  {
    id: 'choice-auto-refused',
    level: 'must',
    summary: '"auto" tool choice needs a flag of the server',
    seen: ['https://github.com/vllm-project/vllm/issues/9986'],
    put: insteadOf((_request, body) =>
      readObjects(body['tools']).length > 0 && (body['tool_choice'] ?? 'auto') === 'auto'
        ? refuse(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
        : undefined,
    ),
  },
  {
    id: 'tools-ignored',
    level: 'must',
    summary: 'tools are ignored without a word',
    seen: ['https://github.com/ollama/ollama/issues/7824'],
    put: several(
      onRequest(chat, 'tools', out),
      onRequest(chat, 'tool_choice', out),
      onRequest(chat, 'parallel_tool_calls', out),
    ),
  },
  {
    id: 'tools-refused',
    level: 'must',
    summary: 'tools are refused as not supported',
    seen: ['https://github.com/ollama/ollama/issues/13519'],
    put: insteadOf((_request, body) =>
      readObjects(body['tools']).length > 0
        ? refuse(400, 'this model does not support tools', { type: 'api_error' })
        : undefined,
    ),
  },
  {
    id: 'tool-call-failed',
    level: 'must',
    summary: 'a call the parser cannot read gives 400 with the text in failed_generation',
    seen: ['groq errors.shape', 'groq errors.code'],
    put: onAnswer((answer) => {
      const text = readText(answer);
      if (answer.status >= 400 || !text.includes('"tool_calls":[')) return undefined;
      return refuse(400, 'Failed to call a function.', {
        code: 'tool_use_failed',
        failed_generation: '<function=x>{}',
      });
    }),
  },
  {
    id: 'parallel-false-ignored',
    level: 'must',
    summary: 'parallel_tool_calls: false is ignored',
    seen: ['case TOOL-12'],
    put: onRequest(chat, 'parallel_tool_calls', (old) => (old === false ? true : old)),
  },
  {
    id: 'parallel-never',
    level: 'should',
    summary: 'only the first of two calls comes',
    seen: ['together chat.ntc'],
    put: onBody(chat, calls, (old) => (Array.isArray(old) && old.length > 1 ? (old as unknown[]).slice(0, 1) : old)),
  },
  {
    id: 'tool-named-wrongly-accepted',
    level: 'should',
    summary: 'a tool with a name OpenAI refuses is taken',
    seen: ['case TOOL-15'],
    put: onRequest(chat, 'tools.*.function.name', (old) =>
      String(old)
        .replaceAll(/[^\w-]/g, '_')
        .slice(0, 64),
    ),
  },
  {
    id: 'tool-schema-refused',
    level: 'should',
    summary: 'a tool schema with $ref or a union of types gives a server error',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: insteadOf(({ text }) =>
      /"tools"/.test(text) && /\$ref|\$defs|"type":\[/.test(text)
        ? writeJson(500, { error: { code: 500, message: 'Unrecognized schema', type: 'server_error' } })
        : undefined,
    ),
  },
  {
    id: 'tool-result-refused',
    level: 'must',
    summary: 'messages with the role "tool" are refused',
    seen: ['https://github.com/microsoft/autogen/issues/1037'],
    put: insteadOf((_request, body) =>
      readObjects(body['messages']).some(({ role }) => role === 'tool')
        ? refuse(400, 'Conversation roles must alternate')
        : undefined,
    ),
  },
  {
    id: 'tool-result-ignored',
    level: 'must',
    summary: 'results of tools do not reach the model',
    seen: ['https://github.com/ollama/ollama/issues/12158'],
    put: onRequest(chat, 'messages.*.content', (old, { role }) => (role === 'tool' ? '' : old)),
  },
  {
    id: 'tool-result-parts-refused',
    level: 'must',
    summary: 'the result of a tool as a list of parts is refused',
    seen: ['case TRES-02'],
    put: insteadOf((_request, body) =>
      readObjects(body['messages']).some(({ role, content }) => role === 'tool' && Array.isArray(content))
        ? refuse(400, 'messages.2.content should be a string')
        : undefined,
    ),
  },
  {
    id: 'tool-results-two-refused',
    level: 'must',
    summary: 'two calls in one message of the history are refused',
    seen: ['llama-server history'],
    put: insteadOf((_request, body) =>
      readObjects(body['messages']).some(({ tool_calls: list }) => readObjects(list).length > 1)
        ? refuse(400, 'This model only supports single tool-calls at once!')
        : undefined,
    ),
  },
  {
    id: 'tool-foreign-ids-refused',
    level: 'should',
    summary: 'ids of calls must have 9 characters',
    seen: ['mistral chat.tcid'],
    put: insteadOf((_request, body) =>
      readObjects(body['messages']).some(({ tool_call_id: id }) => typeof id === 'string' && !/^\w{9}$/.test(id))
        ? refuse(400, 'Tool call id has to be 9 characters of a-z, A-Z, 0-9')
        : undefined,
    ),
  },
  {
    id: 'tool-loop-endless',
    level: 'should',
    summary: 'after every result of a tool the same tool is called again',
    seen: ['https://github.com/ollama/ollama/issues/12158'],
    put: several(
      onRequest(chat, 'tool_choice', (old, body) =>
        readObjects(body['tools']).length > 0 && old !== 'none' ? 'required' : old,
      ),
      onRequest(chat, 'messages', (old, body) =>
        readObjects(body['tools']).length > 0
          ? readObjects(old).filter(({ role, tool_calls: list }) => role !== 'tool' && list === undefined)
          : old,
      ),
    ),
  },
  {
    id: 'null-content-refused',
    level: 'must',
    summary: 'content null beside tool calls in the history is refused',
    seen: ['case ROLE-09'],
    put: insteadOf((_request, body) =>
      readObjects(body['messages']).some(({ content }) => content === null)
        ? refuse(400, 'content: none is not an allowed value')
        : undefined,
    ),
  },
  {
    id: 'tool-id-mismatch-accepted',
    level: 'should',
    summary: 'calls without their result in the history are accepted',
    seen: ['case TRES-04'],
    put: onRequest(chat, 'messages', (old) => {
      const messages = readObjects(old);
      const answered = new Set(messages.map(({ tool_call_id: id }) => id));
      const open = messages.some(({ tool_calls: list }) => readObjects(list).some(({ id }) => !answered.has(id)));
      return open ? messages.filter(({ tool_calls: list, role }) => list === undefined && role !== 'tool') : old;
    }),
  },
];
