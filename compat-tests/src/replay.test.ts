import { connect } from 'node:net';
import OpenAI, { NotFoundError, RateLimitError } from 'openai';
import { afterEach, expect, test } from 'vitest';
import { chatAnswer, chatRequest, chunk, makeExchange } from './exchanges.test-material.ts';
import { type Replay, startReplay } from './replay.ts';

const open: Replay[] = [];
afterEach(async () => {
  for (const replay of open.splice(0)) await replay.close();
});
async function start(...exchanges: Parameters<typeof makeExchange>[0][]): Promise<Replay> {
  const replay = await startReplay({
    exchanges: exchanges.map((sketch, at) => makeExchange({ id: `x${at}`, ...sketch })),
  });
  open.push(replay);
  return replay;
}
const clientOf = ({ baseURL }: Replay) => new OpenAI({ baseURL, apiKey: 'sk-any', maxRetries: 0 });
const ask = (content: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content }] });

/** Reads an answer as it goes over the socket: clients may join pieces, the wire keeps them apart. */
function readWire({ hostname, port, pathname }: URL, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      ),
    );
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.once('end', () => resolve(Buffer.concat(parts).toString()));
    socket.once('error', reject);
  });
}

test('answers what was recorded, whatever the order of keys', async () => {
  const replay = await start({ request: chatRequest({ temperature: 0 }), answer: chatAnswer({ content: 'Hello' }) });
  const completion = await clientOf(replay).chat.completions.create({
    temperature: 0,
    messages: [{ content: 'Hi', role: 'user' }],
    model: 'gpt-4o-mini',
  });
  expect(completion.choices[0]?.message.content).toBe('Hello');
  expect(replay.misses).toEqual([]);
});

test('keeps the pieces of a stream apart', async () => {
  const events = ['He', 'l', 'lo'].map((content, at) => chunk(at === 0 ? { role: 'assistant', content } : { content }));
  const replay = await start({ request: chatRequest({ stream: true }), answer: [...events, chunk({}, 'stop')] });
  const stream = await clientOf(replay).chat.completions.create({ ...ask('Hi'), stream: true });
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece.choices[0]?.delta.content ?? '');
  expect(pieces).toEqual(['He', 'l', 'lo', '']);

  const wire = await readWire(new URL(`${replay.baseURL}/chat/completions`), chatRequest({ stream: true }));
  expect(wire.match(/data: /g)).toHaveLength(5);
  expect(wire.match(/\r\n[\da-f]+\r\ndata: /g)).toHaveLength(5);
});

test('gives a request recorded several times its answers in turn, then the last good one', async () => {
  const answers = [429, 200].map((status) => ({
    request: chatRequest(),
    status,
    answer:
      status === 200
        ? chatAnswer({ content: 'second' })
        : { error: { message: 'busy', type: 't', param: null, code: null } },
  }));
  const client = clientOf(await start(...answers));
  await expect(client.chat.completions.create(ask('Hi'))).rejects.toThrow(RateLimitError);
  for (const _again of [1, 2])
    expect((await client.chat.completions.create(ask('Hi'))).choices[0]?.message.content).toBe('second');
});

test('comes back to the good answer after an error that followed it', async () => {
  const good = { request: chatRequest(), answer: chatAnswer({ content: 'good' }) };
  const answer = { error: { message: 'no', type: 't', param: null, code: null } };
  const client = clientOf(await start(good, { request: chatRequest(), status: 404, answer }));
  const outcomes: string[] = [];
  for (const _again of [1, 2, 3])
    outcomes.push(
      await client.chat.completions.create(ask('Hi')).then(
        ({ choices }) => choices[0]?.message.content ?? '',
        (error: { status: number }) => String(error.status),
      ),
    );
  expect(outcomes).toEqual(['good', '404', 'good']);
});

test('names the nearest recording and the difference when there is none', async () => {
  const replay = await start(
    { request: chatRequest({ temperature: 1, top_p: 1 }), answer: chatAnswer({ content: 'far' }) },
    { request: chatRequest(), answer: chatAnswer({ content: 'near' }) },
  );
  const failure: unknown = await clientOf(replay)
    .chat.completions.create(ask('Bye'))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NotFoundError);
  expect(failure).toMatchObject({ code: 'replay_miss', param: 'messages[0].content' });
  expect(String(failure)).toContain('the nearest recorded request is x1, which differs in messages[0].content');
  expect(replay.misses).toMatchObject([{ nearest: 'x1', path: '/chat/completions' }]);
});

test('says when no recording has the path at all', async () => {
  const replay = await start({ request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) });
  await expect(clientOf(replay).models.list()).rejects.toThrow(
    'none of the 1 recorded requests has this method and path',
  );
});
