import { expect, test } from 'vitest';
import { cutBase, findEndpoint } from './endpoints.ts';

const target = 'http://127.0.0.1:8080/v1';

test.each([
  ['http://127.0.0.1:8080/v1/chat/completions', '/chat/completions'],
  ['https://api.openai.com/v1/chat/completions', '/chat/completions'],
  ['https://corp.openai.azure.com/openai/deployments/gpt4o/chat/completions?api-version=1', '/chat/completions'],
  ['https://corp.openai.azure.com/openai/v1/embeddings', '/embeddings'],
  ['http://127.0.0.1:8080/v1/deployments/chat/chat/completions', '/chat/completions'],
  ['https://gateway.test/llm/chat/completions', '/chat/completions'],
  ['https://gateway.test/api/v1/models/llama', '/models/llama'],
  ['https://generativelanguage.test/v1beta/openai/chat/completions', '/openai/chat/completions'],
])('%s lies at %s', (url, path) => expect(cutBase(new URL(url), target)).toBe(path));

test.each([
  ['POST', '/chat/completions', 'chat.completions'],
  ['GET', '/chat/completions/abc', 'other'],
  ['GET', '/models', 'models.list'],
  ['GET', '/models/meta/llama', 'models.retrieve'],
  ['DELETE', '/models/ft', 'other'],
  ['POST', '/responses', 'responses'],
  ['GET', '/responses/abc/input_items', 'responses'],
  ['POST', '/fine_tuning/jobs', 'fine_tuning'],
  ['POST', '/threads/runs', 'assistants'],
  ['GET', '/vector_stores/vs_1/files', 'vector_stores'],
  ['POST', '/realtime/client_secrets', 'realtime'],
  ['POST', '/containers', 'other'],
])('%s %s is %s', (method, path, id) => expect(findEndpoint(method, path)).toBe(id));
