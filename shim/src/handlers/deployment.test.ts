import { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import { createFetch } from '../fetch.ts';
import { completion, startUpstream } from '../upstream.test-server.ts';

test('Azure’s deployment in the path stands for a model that the call leaves out', async () => {
  const upstream = await startUpstream({ body: completion({ content: 'hi' }) });
  const fetch = createFetch({ target: { dialect: 'openai-compatible', baseURL: upstream.baseURL }, policy: 'silent' });
  const client = new AzureOpenAI({
    endpoint: 'https://x.openai.azure.com',
    deployment: 'eu',
    apiKey: 'x',
    apiVersion: '2024-10-21',
    fetch,
  });
  const request = { messages: [{ role: 'user', content: 'hi' }] } as Parameters<
    typeof client.chat.completions.create
  >[0];
  await client.chat.completions.create(request);
  expect(upstream.received[0]?.body['model']).toBe('eu');
  await upstream.close();
});
