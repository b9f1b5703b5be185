import { defineDialect } from '../dialect.ts';

const responses = {
  kind: 'refused',
  because: 'the Responses API is not translated yet, and few endpoints have it',
  fix: 'Call chat.completions.create instead',
  source: 'https://github.com/vercel/ai/issues/18226',
  checked: '2026-11-23',
} as const;

/** An endpoint nobody has described: only what holds for every server that is not OpenAI. `auto` falls back to it. */
export const openaiCompatible = defineDialect({
  id: 'openai-compatible',
  endpoints: {
    'chat.completions': 'native',
    embeddings: 'native',
    'models.list': 'native',
    'models.retrieve': 'native',
    responses,
    conversations: { ...responses, because: 'the Conversations API is not translated yet' },
  },
  chat: {
    params: {
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
    askStreamUsage: {
      because: 'usage comes only to those who ask',
      source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
      checked: '2026-11-23',
    },
  },
  embeddings: { params: {} },
  finish: {},
  extras: { answer: [], logprob: [], models: [] },
  signs: {},
});
