import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DialectId } from '../manifest/index.ts';
import { majors } from '../majors.test-sdks.ts';
import { type Reply, startUpstream, type Upstream } from '../upstream.test-server.ts';

const plain = { 'content-type': 'text/plain' };
const segments = [
  { id: 0, start: 0, end: 1.5, text: ' Hello there.' },
  { id: 1, start: 1.5, end: 3661.25, text: ' Bye.' },
];

describe.each(majors)('$name', ({ Shim, sdk }) => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());

  const client = (dialect: DialectId = 'openai-compatible') =>
    new Shim({
      maxRetries: 0,
      migrate: {
        target: { dialect, baseURL: upstream.baseURL },
        models: { 'whisper-1': 'whisper-large-v3' },
        policy: 'silent',
      },
    });
  const transcribe = async (reply: Reply, format?: string, dialect?: DialectId): Promise<unknown> => {
    upstream.reply = reply;
    const file = await sdk.toFile(Buffer.from('RIFF sound'), 'a.wav');
    const more = format === undefined ? {} : { response_format: format as 'json' };
    return client(dialect).audio.transcriptions.create({ model: 'whisper-1', language: 'de', file, ...more });
  };

  test('the upload goes out whole, with the model’s name at the endpoint', async () => {
    expect(await transcribe({ body: { text: '\n Hello.\n', x_groq: { id: 'req' } } }, undefined, 'groq')).toEqual({
      text: 'Hello.',
    });
    const { path, text = '', headers } = upstream.received.at(-1) ?? {};
    expect(path).toBe('/v1/audio/transcriptions');
    expect(headers?.['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const form = await new Response(text, {
      headers: { 'content-type': String(headers?.['content-type']) },
    }).formData();
    expect([form.get('model'), form.get('language')]).toEqual(['whisper-large-v3', 'de']);
    const file = form.get('file');
    expect(file instanceof File ? [file.name, await file.text()] : file).toEqual(['a.wav', 'RIFF sound']);
  });
  test.each([
    [
      'text that came as text is JSON where that was asked for',
      { body: ' Hello.\n', headers: plain },
      'json',
      { text: 'Hello.' },
    ],
    [
      'segments stay',
      { body: { text: 'Hello there. Bye.', segments } },
      'verbose_json',
      { text: 'Hello there. Bye.', segments },
    ],
    ['JSON is text where that was asked for', { body: { text: ' Hello.' } }, 'text', 'Hello.\n'],
    [
      'subtitles stay',
      { body: 'WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n', headers: plain },
      'vtt',
      'WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n',
    ],
  ] as const)('%s', async (_, reply, format, wanted) => expect(await transcribe(reply, format)).toEqual(wanted));
  test('subtitles are written of segments where the endpoint has none', async () => {
    const srt = '1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n00:00:01,500 --> 01:01:01,250\nBye.\n\n';
    expect(await transcribe({ body: { text: 'x', segments } }, 'srt', 'groq')).toBe(srt);
    expect(upstream.received.at(-1)?.text).toContain('verbose_json');
    expect(await transcribe({ body: { text: 'x', segments } }, 'vtt', 'groq')).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\n/,
    );
  });
  test.each([
    ['no text', { body: { segments } }, 'json'],
    ['a page', { body: '<html>', headers: plain }, 'json'],
    ['text instead of subtitles', { body: 'Hello.', headers: plain }, 'srt'],
    ['an error that is none', { body: { error: { message: 'no such model' } } }, 'json'],
  ] as const)('%s is an error', async (_, reply, format) => {
    await expect(transcribe(reply, format)).rejects.toBeInstanceOf(sdk.APIError);
  });
  test('an endpoint without audio is an error that says so', async () => {
    await expect(transcribe({ body: {} }, 'json', 'llama.cpp')).rejects.toMatchObject({ code: 'unsupported_endpoint' });
  });

  test('speech is handed over as it came; JSON in its place is an error', async () => {
    const speech = () => client().audio.speech.create({ model: 'whisper-1', voice: 'alloy', input: 'Hi' });
    upstream.reply = { body: 'ID3 sound', headers: { 'content-type': 'audio/mpeg' } };
    expect(Buffer.from(await (await speech()).arrayBuffer()).toString()).toBe('ID3 sound');
    expect(upstream.received.at(-1)?.body).toMatchObject({ model: 'whisper-large-v3', input: 'Hi' });
    upstream.reply = { body: { status: 'queued' } };
    await expect(speech()).rejects.toMatchObject({ code: 'invalid_answer' });
  });

  test('images pass, or are refused where the endpoint makes none', async () => {
    upstream.reply = { body: { created: 1, data: [{ b64_json: 'AA==' }] } };
    const image = await client().images.generate({ model: 'whisper-1', prompt: 'a cat' });
    expect(image.data).toEqual([{ b64_json: 'AA==' }]);
    await expect(client('llama.cpp').images.generate({ prompt: 'a cat' })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_endpoint',
    });
  });
});
