import { isObject, type JsonObject, readObjects } from '../../json.ts';
import { instead, out, to } from './edit.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onBody, onRequest, several } from './places.ts';

const chat = 'chat/completions';
const milliseconds = (old: unknown) => (typeof old === 'number' ? old * 1000 : old);

/** What is wrong with the envelope, the choices and the usage of a chat answer that is no stream. */
export const chatFaults: readonly WireFault[] = [
  {
    id: 'id-absent',
    level: 'must',
    summary: 'an answer has no id',
    seen: ['openrouter chat.id'],
    put: onBody(chat, 'id', out),
  },
  {
    id: 'id-empty',
    level: 'must',
    summary: 'the id is an empty text',
    seen: ['tgi chat.id', 'snowflake chat.id'],
    put: onBody(chat, 'id', to('')),
  },
  {
    id: 'id-number',
    level: 'must',
    summary: 'the id is a number',
    seen: ['openrouter chat.id'],
    put: onBody(chat, 'id', to(42)),
  },
  {
    id: 'object-absent',
    level: 'must',
    summary: 'an answer does not say what object it is',
    seen: ['openrouter chat.object'],
    put: onBody(chat, 'object', out),
  },
  {
    id: 'object-of-completions',
    level: 'must',
    summary: 'a chat answer calls itself text_completion',
    seen: ['tgi stream.object'],
    put: onBody(chat, 'object', to('text_completion')),
  },
  {
    id: 'created-absent',
    level: 'must',
    summary: 'an answer has no time',
    seen: ['openrouter chat.created'],
    put: onBody(chat, 'created', out),
  },
  {
    id: 'created-milliseconds',
    level: 'must',
    summary: 'the time is in milliseconds',
    seen: ['openrouter chat.created'],
    put: onBody(chat, 'created', milliseconds),
  },
  {
    id: 'created-text',
    level: 'must',
    summary: 'the time is an ISO text',
    seen: ['openrouter chat.created'],
    put: onBody(chat, 'created', to('2026-11-25T12:00:00Z')),
  },
  {
    id: 'model-absent',
    level: 'must',
    summary: 'an answer does not name its model',
    seen: ['openrouter chat.model_echo'],
    put: onBody(chat, 'model', out),
  },
  {
    id: 'choices-absent',
    level: 'must',
    summary: 'an answer has no choices',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onBody(chat, 'choices', out),
  },
  {
    id: 'choices-empty',
    level: 'must',
    summary: 'the list of choices is empty',
    seen: ['huggingface stream.nochoices'],
    put: onBody(chat, 'choices', to([])),
  },
  {
    id: 'choice-index-absent',
    level: 'must',
    summary: 'choices have no index',
    seen: ['openrouter chat.choicekeys'],
    put: onBody(chat, 'choices.*.index', out),
  },
  {
    id: 'choice-index-from-one',
    level: 'must',
    summary: 'choices are counted from 1',
    seen: ['openrouter chat.choicekeys'],
    put: onBody(chat, 'choices.*.index', (old) => (typeof old === 'number' ? old + 1 : old)),
  },
  {
    id: 'message-absent',
    level: 'must',
    summary: 'a choice holds its text as `text`, without a message',
    seen: ['azure-openai chat.choicekeys'],
    put: onBody(chat, 'choices.*', (old) => {
      const { message, ...rest } = old as JsonObject;
      return { ...rest, text: (message as JsonObject)['content'] };
    }),
  },
  {
    id: 'role-absent',
    level: 'must',
    summary: 'the message has no role',
    seen: ['mistral stream.role'],
    put: onBody(chat, 'choices.*.message.role', out),
  },
  {
    id: 'role-model',
    level: 'must',
    summary: 'the message has the role "model"',
    seen: ['https://github.com/BerriAI/litellm/issues/12862'],
    put: onBody(chat, 'choices.*.message.role', to('model')),
  },
  {
    id: 'content-parts',
    level: 'must',
    summary: 'the content of the answer is a list of parts',
    seen: ['mistral chat.msgkeys'],
    put: onBody(chat, 'choices.*.message.content', (old) =>
      typeof old === 'string' ? [{ type: 'text', text: old }] : old,
    ),
  },
  {
    id: 'content-empty',
    level: 'must',
    summary: 'the answer holds no text, though tokens were counted',
    seen: ['https://github.com/ollama/ollama/issues/12158'],
    put: onBody(chat, 'choices.*.message.content', instead('')),
  },
  {
    id: 'thoughts-in-content',
    level: 'should',
    summary: 'the content begins with <think> and the thoughts',
    seen: ['https://github.com/vercel/ai/issues/7866'],
    put: onBody(chat, 'choices.*.message.content', (old, { tool_calls }) =>
      typeof old === 'string' && tool_calls === undefined ? `<think>The user asks.</think>\n${old}` : old,
    ),
  },
  {
    id: 'refusal-and-logprobs-absent',
    level: 'should',
    summary: 'the nullable keys refusal and logprobs are left out',
    seen: ['vllm chat.msgkeys', 'llamacpp chat.choicekeys'],
    put: several(
      onBody(chat, 'choices.*.message.refusal', out),
      onBody(chat, 'choices.*.logprobs', (old) => (old === null ? undefined : old)),
    ),
  },
  {
    id: 'finish-eos',
    level: 'must',
    summary: 'finish_reason is "eos" at the end of an answer',
    seen: ['together chat.finish'],
    put: onBody(chat, 'choices.*.finish_reason', (old) => (old === 'stop' ? 'eos' : old)),
  },
  {
    id: 'finish-null',
    level: 'must',
    summary: 'finish_reason is null in a whole answer',
    seen: ['openrouter chat.finish'],
    put: onBody(chat, 'choices.*.finish_reason', to(null)),
  },
  {
    id: 'finish-empty',
    level: 'must',
    summary: 'finish_reason is an empty text',
    seen: ['snowflake chat.finish'],
    put: onBody(chat, 'choices.*.finish_reason', to('')),
  },
  {
    id: 'finish-absent',
    level: 'must',
    summary: 'finish_reason is left out',
    seen: ['https://github.com/vllm-project/vllm/pull/9209'],
    put: onBody(chat, 'choices.*.finish_reason', out),
  },
  {
    id: 'finish-model-length',
    level: 'must',
    summary: 'finish_reason is "model_length" where tokens ran out',
    seen: ['mistral chat.finish'],
    put: onBody(chat, 'choices.*.finish_reason', (old) => (old === 'length' ? 'model_length' : old)),
  },
  {
    id: 'finish-stop-when-cut',
    level: 'must',
    summary: 'an answer that ran out of tokens says it came to its end',
    seen: ['https://github.com/BerriAI/litellm/issues/37792'],
    put: onBody(chat, 'choices.*.finish_reason', (old) => (old === 'length' ? 'stop' : old)),
  },
  {
    id: 'finish-length-always',
    level: 'should',
    summary: 'an answer that came to its end says it ran out of tokens',
    seen: ['local chat.finish'],
    put: onBody(chat, 'choices.*.finish_reason', (old) => (old === 'stop' ? 'length' : old)),
  },
  {
    id: 'usage-absent',
    level: 'must',
    summary: 'an answer has no usage',
    seen: ['openrouter chat.usage_sum'],
    put: onBody(chat, 'usage', out),
  },
  {
    id: 'usage-zero',
    level: 'must',
    summary: 'all counts of the usage are 0',
    seen: ['openrouter chat.usage_sum'],
    put: onBody(chat, 'usage', to({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })),
  },
  {
    id: 'usage-total-wrong',
    level: 'must',
    summary: 'the total is not the sum of prompt and completion',
    seen: ['cerebras chat.usage_sum'],
    put: onBody(chat, 'usage.total_tokens', (old) => Number(old) + 3),
  },
  {
    id: 'usage-total-absent',
    level: 'must',
    summary: 'the usage has no total',
    seen: ['openrouter chat.usagekeys'],
    put: onBody(chat, 'usage.total_tokens', out),
  },
  {
    id: 'usage-texts',
    level: 'must',
    summary: 'the counts of the usage are texts',
    seen: ['openrouter chat.usage_sum'],
    put: onBody(chat, 'usage.prompt_tokens', (old) => String(old)),
  },
  {
    id: 'usage-cached-too-many',
    level: 'should',
    summary: 'more prompt tokens are cached than there are',
    seen: ['cerebras chat.usage_sum'],
    put: onBody(chat, 'usage.prompt_tokens_details.cached_tokens', (_old) => 1_000_000),
  },
  {
    id: 'usage-reasoning-too-many',
    level: 'should',
    summary: 'more completion tokens are reasoning than there are',
    seen: ['cerebras chat.usage_sum'],
    put: onBody(chat, 'usage.completion_tokens_details.reasoning_tokens', (_old) => 1_000_000),
  },
  {
    id: 'usage-prompt-drifts',
    level: 'should',
    summary: 'the same request counts another number of prompt tokens each time',
    seen: ['case USG-05'],
    put: (endpoint) => {
      let calls = 0;
      const drift = onBody(chat, 'usage', (old) => {
        if (!isObject(old)) return old;
        const { prompt_tokens, completion_tokens } = old;
        calls += 1;
        const prompt = Number(prompt_tokens) + calls;
        return { ...old, prompt_tokens: prompt, total_tokens: prompt + Number(completion_tokens) };
      });
      return drift(endpoint);
    },
  },
  {
    id: 'usage-of-one-choice',
    level: 'should',
    summary: 'with n choices only the tokens of one are counted',
    seen: ['llamacpp chat.usagekeys'],
    put: onBody(chat, 'usage', (old, body) => {
      const { length } = readObjects(body['choices']);
      if (length < 2 || !isObject(old)) return old;
      const { prompt_tokens: prompt, completion_tokens: completion } = old;
      const one = Math.ceil(Number(completion) / length);
      return { ...old, completion_tokens: one, total_tokens: Number(prompt) + one };
    }),
  },
  {
    id: 'n-ignored',
    level: 'should',
    summary: 'n is ignored: one choice comes',
    seen: ['case N-02'],
    put: onRequest(chat, 'n', (old) => (typeof old === 'number' && old > 1 ? 1 : old)),
  },
  {
    id: 'n-indexes-equal',
    level: 'should',
    summary: 'all of n choices have index 0',
    seen: ['https://github.com/ollama/ollama/issues/15457'],
    put: onBody(chat, 'choices.*.index', (old) => (Number(old) > 0 ? 0 : old)),
  },
  {
    id: 'n-choices-equal',
    level: 'should',
    summary: 'all of n choices are the first one again',
    seen: ['case N-03'],
    put: onBody(chat, 'choices', (old) => {
      const choices = old as readonly JsonObject[];
      const [first] = choices;
      return choices.length < 2 ? old : choices.map(({ index }) => ({ ...first, index }));
    }),
  },
  {
    id: 'n-500',
    level: 'should',
    summary: 'n above 1 gives a server error',
    seen: ['groq errors.shape'],
    put: insteadOf((_request, { n }) =>
      typeof n === 'number' && n > 1
        ? { status: 500, headers: { 'content-type': 'text/plain' }, pieces: [], ending: 'whole' }
        : undefined,
    ),
  },
];
