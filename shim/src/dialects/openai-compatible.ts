import { each, type Fact } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { rareEndpoints } from './absent.ts';

const responses = {
  kind: 'emulated',
  because: 'few endpoints have the Responses API, and most of those keep no state',
  source: 'https://github.com/vercel/ai/issues/18226',
  checked: '2026-11-23',
} as const;

/** Nobody can say what an endpoint does that nobody has described. */
const unchecked: Fact = {
  because: 'nobody has described this endpoint',
  source: 'https://platform.openai.com/docs/api-reference/chat/create',
  checked: '2026-11-23',
};

/** An endpoint nobody has described: only what holds for every server that is not OpenAI. `auto` falls back to it, and every provider's file extends it. */
export const openaiCompatible = defineDialect({
  id: 'openai-compatible',
  name: 'any OpenAI-compatible endpoint',
  kind: 'fallback',
  baseURLForm: 'http://127.0.0.1:8080/v1',
  endpoints: {
    'chat.completions': 'native',
    embeddings: 'unchecked',
    'models.list': 'unchecked',
    'models.retrieve': 'unchecked',
    responses,
    ...rareEndpoints,
    conversations: { ...responses, because: 'few endpoints have the Conversations API' },
  },
  chat: {
    params: {
      ...each(
        { kind: 'unknown', ...unchecked },
        'audio',
        'frequency_penalty',
        'function_call',
        'functions',
        'logprobs',
        'metadata',
        'modalities',
        'moderation',
        'parallel_tool_calls',
        'prediction',
        'presence_penalty',
        'reasoning_effort',
        'seed',
        'service_tier',
        'store',
        'top_logprobs',
        'user',
        'verbosity',
        'web_search_options',
      ),
      logit_bias: {
        kind: 'drop',
        severity: 'lossy',
        because: "its token ids belong to OpenAI's tokenizer and would steer other words",
        source: 'https://platform.openai.com/docs/api-reference/chat/create',
        checked: '2026-11-23',
      },
    },
    developerRole: {
      because: 'endpoints reject it or hand it to templates that do',
      source: 'https://github.com/earendil-works/pi/issues/1578',
      checked: '2026-11-23',
    },
    fanOut: {
      because: 'many endpoints refuse n, ignore it, or count the tokens of one choice only',
      source: 'https://console.groq.com/docs/openai',
      checked: '2026-11-23',
    },
    askStreamUsage: {
      because: 'usage comes only to those who ask',
      source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
      checked: '2026-11-23',
    },
  },
  signs: {},
});
