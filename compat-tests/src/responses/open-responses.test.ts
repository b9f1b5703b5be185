import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbedded } from '../embedded/index.ts';
import { openDesk, runScenarios } from './open-responses.test-scenarios.ts';

describe('Open Responses over the embedded engine', () => {
  let engine: EmbeddedServer;
  beforeAll(async () => {
    engine = await startEmbedded({ embeddings: false });
  });
  afterAll(() => engine.close());
  runScenarios((more) => openDesk({ dialect: 'llama.cpp', baseURL: engine.url }, 'tiny-llama', more));
});

describe('image-input', () => {
  // The embedded engine sees nothing: what is looked at is that the image reaches an endpoint which would.
  const image = 'data:image/png;base64,iVBORw0KGgo=';
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'vision',
    choices: [{ index: 0, message: { role: 'assistant', content: 'A dot.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  };
  test.each([{}, { detail: 'low' }])('%j', async (detail) => {
    const desk = openDesk({ dialect: 'vllm', baseURL: 'http://vision.test/v1' }, 'vision', {
      fetch: async () => Response.json(answer),
    });
    const parts = [
      { type: 'input_text', text: 'What is it?' },
      { type: 'input_image', image_url: image, ...detail },
    ];
    const { output } = await desk.ask({ input: [{ type: 'message', role: 'user', content: parts }] });
    expect(output).toMatchObject([{ content: [{ text: 'A dot.' }] }]);
    expect(desk.sent[0]?.['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: image, ...detail } },
        ],
      },
    ]);
  });
});
