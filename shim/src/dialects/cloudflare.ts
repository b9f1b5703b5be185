import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced(
  'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
  '2026-11-23',
);
const inPi = sourced('https://www.npmjs.com/package/@earendil-works/pi-ai', '2026-11-23');
const noList = {
  kind: 'refused',
  fix: 'Look the model up in the Workers AI catalogue',
  ...documented('the OpenAI route has no list of models'),
} as const;

/** Cloudflare Workers AI, direct or through its AI Gateway. */
export const cloudflare = defineDialect({
  id: 'cloudflare',
  name: 'Cloudflare Workers AI',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
  apiKeyEnv: ['CLOUDFLARE_API_KEY', 'CLOUDFLARE_API_TOKEN'],
  endpoints: {
    embeddings: 'native',
    'models.list': noList,
    'models.retrieve': noList,
    ...absentEndpoints('the OpenAI route', documented, 'completions', 'moderations', 'audio', 'images'),
  },
  chat: {
    params: {
      max_completion_tokens: { kind: 'rename', to: 'max_tokens', ...inPi('max_tokens is the name of the limit there') },
      store: { kind: 'drop', severity: 'info', ...inPi('it is not supported') },
    },
    developerRole: inPi('the role developer is not supported'),
  },
  signs: { host: /^(api|gateway\.ai)\.cloudflare\.com$/ },
});
