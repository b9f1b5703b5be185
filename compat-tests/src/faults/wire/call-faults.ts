import { isObject, type JsonObject, parseJson, readObjects } from '../../json.ts';
import { type Change, out, to } from './edit.ts';
import type { WireFault } from './fault.ts';
import { onBody, several } from './places.ts';

const chat = 'chat/completions';
const calls = 'choices.*.message.tool_calls';

const parsed: Change = (old) => (typeof old === 'string' ? (parseJson(old) ?? old) : old);
const cut: Change = (old) => (typeof old === 'string' ? old.slice(0, -1) : old);
const quoted: Change = (old) => JSON.stringify(old);
const spoiled: Change = (old) => {
  const value = typeof old === 'string' ? parseJson(old) : undefined;
  if (!isObject(value)) return old;
  return JSON.stringify(Object.fromEntries(Object.keys(value).map((key) => [key, { value: value[key] }])));
};
const inventive: Change = (old) => {
  const value = typeof old === 'string' ? parseJson(old) : undefined;
  return isObject(value) ? JSON.stringify({ ...value, unit_of_the_model: 'x' }) : old;
};

/** The tool calls of a chat message as a model without a parser writes them. */
const asText =
  (form: (name: unknown, args: unknown) => string): Change =>
  (old) => {
    const message = old as JsonObject;
    const [call] = readObjects(message['tool_calls']);
    if (call === undefined || !isObject(call['function'])) return old;
    const { tool_calls: _calls, ...rest } = message;
    return { ...rest, content: form(call['function']['name'], call['function']['arguments']) };
  };
const stopped: Change = (old) => (old === 'tool_calls' ? 'stop' : old);

/** What is wrong with the tool calls of an answer. */
export const callFaults: readonly WireFault[] = [
  {
    id: 'call-as-python-tag',
    level: 'must',
    summary: 'a tool call comes as <|python_tag|> text',
    seen: ['https://github.com/ollama/ollama/issues/13519', 'https://github.com/vllm-project/vllm/issues/16214'],
    put: several(
      onBody(
        chat,
        'choices.*.message',
        asText((name, args) => `<|python_tag|>{"name":"${String(name)}","parameters":${String(args)}}`),
      ),
      onBody(chat, 'choices.*.finish_reason', stopped),
    ),
  },
  {
    id: 'call-as-markup',
    level: 'must',
    summary: 'a tool call comes as <tool_call> text',
    seen: ['https://github.com/vllm-project/vllm/issues/46863'],
    put: several(
      onBody(
        chat,
        'choices.*.message',
        asText((name, args) => `<tool_call>{"name":"${String(name)}","arguments":${String(args)}}</tool_call>`),
      ),
      onBody(chat, 'choices.*.finish_reason', stopped),
    ),
  },
  {
    id: 'call-lost',
    level: 'must',
    summary: 'a tool call is left out of the answer, finish_reason says tool_calls',
    seen: ['together chat.finish'],
    put: onBody(chat, calls, out),
  },
  {
    id: 'call-as-function-call',
    level: 'must',
    summary: 'a tool call comes in the old field function_call',
    seen: ['openai chat.msgkeys'],
    put: onBody(chat, 'choices.*.message', (old) => {
      const { tool_calls: list, ...rest } = old as JsonObject;
      const [call] = readObjects(list);
      return call === undefined ? old : { ...rest, function_call: call['function'] };
    }),
  },
  {
    id: 'call-finish-stop',
    level: 'must',
    summary: 'an answer with tool calls finishes with stop',
    seen: ['https://github.com/vllm-project/vllm/pull/9209', 'https://github.com/vllm-project/vllm/pull/25054'],
    put: onBody(chat, 'choices.*.finish_reason', stopped),
  },
  {
    id: 'call-id-absent',
    level: 'must',
    summary: 'a tool call has no id',
    seen: ['huggingface stream.tcid'],
    put: onBody(chat, `${calls}.*.id`, out),
  },
  {
    id: 'call-id-empty',
    level: 'must',
    summary: 'the id of a tool call is an empty text',
    seen: ['huggingface stream.tcid'],
    put: onBody(chat, `${calls}.*.id`, to('')),
  },
  {
    id: 'call-ids-equal',
    level: 'must',
    summary: 'all tool calls of an answer have the id 0',
    seen: ['tgi chat.tcid'],
    put: onBody(chat, `${calls}.*.id`, to('0')),
  },
  {
    id: 'call-id-long',
    level: 'should',
    summary: 'the id of a tool call has 90 characters',
    seen: ['openrouter chat.tcid'],
    put: onBody(chat, `${calls}.*.id`, to(`functions.${'x'.repeat(80)}`)),
  },
  {
    id: 'call-type-absent',
    level: 'must',
    summary: 'a tool call does not say its type',
    seen: ['mistral chat.tctype'],
    put: onBody(chat, `${calls}.*.type`, out),
  },
  {
    id: 'call-name-prefixed',
    level: 'must',
    summary: 'the name of a called function has a prefix',
    seen: ['groq chat.tcid'],
    put: onBody(chat, `${calls}.*.function.name`, (old) => `functions.${String(old)}`),
  },
  {
    id: 'call-name-absent',
    level: 'must',
    summary: 'a called function has no name',
    seen: ['https://github.com/ollama/ollama/issues/7881'],
    put: onBody(chat, `${calls}.*.function.name`, out),
  },
  {
    id: 'call-flat',
    level: 'must',
    summary: 'name and arguments stand beside the id, without `function`',
    seen: ['case TOOL-02'],
    put: onBody(chat, `${calls}.*`, (old) => {
      const { function: held, ...rest } = old as JsonObject;
      return { ...rest, ...(held as JsonObject) };
    }),
  },
  {
    id: 'arguments-object',
    level: 'must',
    summary: 'arguments are an object, not a text',
    seen: ['case TOOL-02'],
    put: onBody(chat, `${calls}.*.function.arguments`, parsed),
  },
  {
    id: 'arguments-cut',
    level: 'must',
    summary: 'the text of the arguments is not JSON',
    seen: ['together stream.args'],
    put: onBody(chat, `${calls}.*.function.arguments`, cut),
  },
  {
    id: 'arguments-encoded-twice',
    level: 'must',
    summary: 'arguments are JSON in JSON',
    seen: ['ollama stream.args'],
    put: onBody(chat, `${calls}.*.function.arguments`, quoted),
  },
  {
    id: 'arguments-of-wrong-types',
    level: 'must',
    summary: 'arguments do not keep to the schema of the tool',
    seen: ['ollama chat.args', 'openrouter chat.args', 'deepseek chat.args'],
    put: onBody(chat, `${calls}.*.function.arguments`, spoiled),
  },
  {
    id: 'arguments-empty',
    level: 'must',
    summary: 'required arguments are left out',
    seen: ['ollama chat.args'],
    put: onBody(chat, `${calls}.*.function.arguments`, to('{}')),
  },
  {
    id: 'arguments-invented',
    level: 'should',
    summary: 'a strict tool is called with an argument it does not have',
    seen: ['ollama stream.args'],
    put: onBody(chat, `${calls}.*.function.arguments`, inventive),
  },
  {
    id: 'arguments-null-for-none',
    level: 'should',
    summary: 'a tool without parameters is called with arguments null',
    seen: ['case TOOL-10'],
    put: onBody(chat, `${calls}.*.function.arguments`, (old) => (old === '{}' ? null : old)),
  },
  {
    id: 'call-with-chatter',
    level: 'should',
    summary: 'text comes beside a tool call',
    seen: ['vllm chat.content_with_tc', 'deepseek chat.content_with_tc'],
    put: onBody(chat, 'choices.*.message.content', (old, { tool_calls: list }) =>
      readObjects(list).length > 0 ? 'Let me look into that for you.' : old,
    ),
  },
];
