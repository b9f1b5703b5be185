import { defineDialect } from '../layers.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Models deployed in Azure AI Foundry: what they take differs from model to model, and `model` is the deployment's name. */
export const azureAi = defineDialect({
  id: 'azure-ai',
  name: 'Azure AI Foundry',
  kind: 'provider',
  extends: openaiCompatible,
  baseURLForm: 'https://{resource}.services.ai.azure.com/openai/v1',
  apiKeyEnv: ['AZURE_API_KEY', 'AZURE_INFERENCE_CREDENTIAL'],
  endpoints: { embeddings: 'native' },
  extras: { answer: ['prompt_filter_results'] },
  signs: { host: /\.(services\.ai\.azure\.com|openai\.azure\.com|models\.ai\.azure\.com)$/ },
});
