import { sourced } from '../dialect.ts';
import { defineDialect } from '../layers.ts';
import { absentEndpoints } from './absent.ts';
import { openaiCompatible } from './openai-compatible.ts';

const documented = sourced(
  'https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis',
  '2026-11-23',
);
const missing = (what: string, fix: string) =>
  ({ kind: 'refused', fix, ...documented(`the OpenAI endpoint of open models has no ${what}`) }) as const;

/** Open models as a service on Google's Vertex AI. The key is an access token of an hour. */
export const vertex = defineDialect({
  id: 'vertex',
  name: 'Vertex AI (open models)',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm:
    'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/endpoints/openapi',
  endpoints: {
    ...absentEndpoints('the OpenAI route', documented, 'completions', 'moderations', 'audio', 'images'),
    embeddings: missing('embeddings', 'Call Vertex AI’s own embeddings'),
    'models.list': missing('list of models', 'Look the model up in Model Garden'),
    'models.retrieve': missing('list of models', 'Look the model up in Model Garden'),
  },
  signs: { host: /(^|-)aiplatform\.googleapis\.com$/ },
});
