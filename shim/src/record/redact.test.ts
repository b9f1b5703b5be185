import { describe, expect, test } from 'vitest';
import { createPseudonyms, passesIban, passesLuhn } from './pseudonym.ts';
import { type RawExchange, redactExchange, type ScrubCounts } from './redact-exchange.ts';
import type { Redaction } from './redact-text.ts';
import { encodings, planted, secretOf } from './planted.test-secrets.ts';

const redaction = (key = 'a key of a recording'): Redaction => ({
  pseudonyms: createPseudonyms(Buffer.from(key)),
  keep: [],
  patterns: [['employee', /EMP-\d{6}/gu]],
  secrets: planted.filter(({ kind }) => kind === 'configured').map(({ value }) => value),
});
const exchange = (body: unknown, answer: string | readonly string[], path = '/chat/completions'): RawExchange => ({
  v: 1,
  id: 'id',
  recordedAt: '2026-11-25T00:00:00.000Z',
  provenance: 'recorded',
  target: 'openai',
  model: 'gpt-4o',
  callSite: null,
  sdk: 'openai@7.57.0',
  request: { method: 'POST', path, headers: {}, body },
  response: {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'set-cookie': 'session=1', 'openai-organization': 'corp' },
    chunks: [answer].flat().map((part, at) => [at, Buffer.from(part as string)] as const),
  },
});
const redact = (given: RawExchange, by = redaction()) => {
  const counts: ScrubCounts = {};
  const out = redactExchange(given, by, counts);
  const answer = Buffer.concat(out.response.chunks.map(([, bytes]) => bytes)).toString();
  return { out, counts, answer, body: out.request.body as Record<string, unknown> };
};

/** Looks for a secret however it may be written: in the text, and in what base64, hex, escapes and percent signs in it hide. */
const holds = (text: string, secret: string, depth = 0): boolean => {
  if (text.includes(secret)) return true;
  if (depth > 3) return false;
  const inner = [
    ...[...text.matchAll(/[A-Za-z0-9+/_-]{8,}/g)].flatMap(([token]) =>
      [token, ...token.split('/')].map((part) => Buffer.from(part, 'base64').toString()),
    ),
    ...[...text.matchAll(/(?:[0-9a-f]{2}){8,}/gi)].map(([token]) => Buffer.from(token, 'hex').toString()),
    text.replace(/(?:%[0-9a-f]{2})+/gi, (token) => Buffer.from(token.replaceAll('%', ''), 'hex').toString()),
    text
      .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/\\(.)/g, '$1'),
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  ].filter((other) => other !== text);
  return inner.some((other) => holds(other, secret, depth + 1));
};

const messages = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user', content }] });
const event = (delta: object, index = 0) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason: null }] })}\n\n`;
const cut = (text: string, size: number) => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];

describe.each(encodings)('%s', (_, encode) => {
  test.each(planted)('$kind is in no recording', (secret) => {
    const text = encode(secret.value);
    const wanted = secretOf(secret);
    expect(holds(JSON.stringify(messages(text)), wanted)).toBe(true);

    const whole = redact(exchange(messages(text), JSON.stringify({ choices: [{ message: { content: text } }] })));
    expect(holds(JSON.stringify(whole.body), wanted)).toBe(false);
    expect(holds(whole.answer, wanted)).toBe(false);
    expect(() => JSON.parse(whole.answer)).not.toThrow();
    expect(Object.keys(whole.counts).length).toBeGreaterThan(0);

    // Split over events, each over chunks.
    const stream = `${cut(text, 3)
      .map((content) => event({ content }))
      .join('')}data: [DONE]\n\n`;
    const streamed = redact(exchange(messages('hi'), cut(stream, 50)));
    const spelt = [...streamed.answer.matchAll(/^data: (\{.*)$/gm)]
      .map(
        ([, data]) =>
          (JSON.parse(data as string) as { choices: Array<{ delta: { content: string } }> }).choices[0]?.delta.content,
      )
      .join('');
    expect(holds(spelt, wanted)).toBe(false);
    expect(holds(streamed.answer, wanted)).toBe(false);
    expect(streamed.answer.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});

test('at least 50 kinds and 10 encodings are planted', () => {
  expect(new Set(planted.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(50);
  expect(encodings.length).toBeGreaterThanOrEqual(10);
});

describe('what is no secret stays', () => {
  test.each([
    'chatcmpl-9abCdEfGhIjKlMnOpQrStUvWxYz012345',
    'call_aB3dE5gH7jK9mN2pQ4rS6tU8',
    'fp_44709d6fcb',
    'file-aB3dE5gH7jK9mN2pQ4rS6t',
    '550e8400-e29b-41d4-a716-446655440000',
    'The password is required, the token count is 1234567.',
    'Between 2026-11-25 and 01-02-2027, at 12:30:45.123, 3.14159 and 1,000,000.',
    'order 1234567890123 of 10 Downing Street, SW1A 2AA',
    'https://example.com/a/b?page=2&size=10#top',
    'aGVsbG8gd29ybGQsIHRoaXMgaXMgZmluZQ==',
    'const secret = process.env.SECRET;',
    '4111 1111 1111 1112',
    'max_tokens: 1024, temperature: 0.7',
    'sk-learn is a library',
    'user@host',
  ])('%s', (text) => {
    const given = exchange(messages(text), JSON.stringify({ choices: [{ message: { content: text } }] }));
    const { body, out, counts } = redact(given);
    expect(counts).toEqual({});
    expect(body).toEqual(given.request.body);
    expect(out.response.chunks).toEqual(given.response.chunks);
  });

  test('a stream without secrets keeps its bytes, cut as they came', () => {
    const chunks = cut(
      `: hi\n\n${event({ content: 'caf\u00e9 ' })}\r\n${event({ content: 'Ünïcode' })}data: [DONE]\n\n`,
      7,
    );
    const given = exchange(messages('hi'), chunks);
    expect(redact(given).out.response.chunks).toBe(given.response.chunks);
  });

  test('a sound keeps its bytes', () => {
    const given = exchange(null, '');
    const chunks = [[0, Buffer.from([0xff, 0xfb, 0x90, 0x00, 0xfe])]] as const;
    expect(redact({ ...given, response: { ...given.response, chunks } }).out.response.chunks).toBe(chunks);
  });
});

describe('a pseudonym', () => {
  const name = (text: string, by = redaction()) =>
    (redact(exchange(messages(text), '{}'), by).body['messages'] as Array<{ content: string }>)[0]!.content;

  test('has the form of what it stands for', () => {
    expect(name('jane@example.com')).toMatch(/^p[0-9a-f]{12}@redacted\.example$/);
    const card = name('4111 1111 1111 1111');
    expect(card).toMatch(/^4\d{3} \d{4} \d{4} \d{4}$/);
    expect(passesLuhn(card)).toBe(true);
    const iban = name('DE89 3704 0044 0532 0130 00');
    expect(iban).toMatch(/^DE\d\d(?: [\dX]{4}){4} [\dX]{2}$/);
    expect(passesIban(iban)).toBe(true);
    expect(name('+49 30 90182017')).toMatch(/^\+99 9\d \d{8}$/);
    expect(name('(212) 867-5309')).toMatch(/^\(555\) \d{3}-\d{4}$/);
    expect(name('536-22-8726')).toMatch(/^9\d\d-\d\d-\d{4}$/);
    expect(name(planted.find(({ kind }) => kind === 'jwt')!.value).split('.')).toHaveLength(3);
    expect(name(planted.find(({ kind }) => kind === 'groq')!.value)).toMatch(/^gsk_REDACTED[0-9a-f]{24}$/);
  });

  test('is the same for the same value, in every place and encoding, and another for another', () => {
    const mail = name('jane@example.com');
    expect(name('Jane@Example.com')).toBe(mail);
    expect(Buffer.from(name(Buffer.from('to jane@example.com').toString('base64')), 'base64').toString()).toBe(
      `to ${mail}`,
    );
    const events = [...'jane@example.com'].map((content) => event({ content })).join('');
    expect(redact(exchange(messages('hi'), events)).answer).toContain(mail);
    expect(name('john@example.com')).not.toBe(mail);
  });

  test('is another in another recording', () => {
    expect(name('jane@example.com', redaction('another key'))).not.toBe(name('jane@example.com'));
  });

  test('stays what it is when looked at again', () => {
    for (const { value } of planted.filter(({ kind }) => !/^(phone|card|amex|iban|ssn|custom)/.test(kind))) {
      const once = name(value);
      expect(name(once)).toBe(once);
    }
  });
});

describe('places', () => {
  test('a key’s name gives its value away', () => {
    const { body } = redact(
      exchange(
        {
          args: {
            password: 'hunter',
            'db-secret': 'x',
            clientSecret: 'y',
            phone: '2125550143',
            cardNumber: 4111111111111111,
            schema: { password: { type: 'string' } },
          },
        },
        '{}',
      ),
    );
    const args = body['args'] as Record<string, unknown>;
    expect(args['password']).toMatch(/^REDACTED/);
    expect(args['db-secret']).toMatch(/^REDACTED/);
    expect(args['clientSecret']).toMatch(/^REDACTED/);
    expect(args['phone']).toMatch(/^555\d{7}$/);
    expect(args['cardNumber']).not.toBe(4111111111111111);
    expect(typeof args['cardNumber']).toBe('number');
    expect(args['schema']).toEqual({ password: { type: 'string' } });
  });

  test('tool arguments that are streamed, each call by itself', () => {
    const piece = (index: number, text: string) => event({ tool_calls: [{ index, function: { arguments: text } }] });
    const { answer } = redact(
      exchange(messages('hi'), [
        piece(0, '{"to":"ja'),
        piece(1, '{"to":"jo'),
        piece(0, 'ne@example.com"}'),
        piece(1, 'hn@example.com"}'),
      ]),
    );
    const read = (index: number) =>
      [...answer.matchAll(/^data: (.*)$/gm)]
        .flatMap(
          ([, data]) =>
            (
              JSON.parse(data as string) as {
                choices: Array<{ delta: { tool_calls: Array<{ index: number; function: { arguments: string } }> } }>;
              }
            ).choices[0]!.delta.tool_calls,
        )
        .filter((call) => call.index === index)
        .map((call) => call.function.arguments)
        .join('');
    for (const index of [0, 1])
      expect(JSON.parse(read(index))).toEqual({ to: expect.stringMatching(/^p[0-9a-f]{12}@redacted\.example$/) });
    expect(read(0)).not.toBe(read(1));
  });

  test('the Responses API’s deltas', () => {
    const delta = (text: string) =>
      `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: text })}\n\n`;
    const { answer } = redact(exchange({ input: 'hi' }, ['jane', '@exam', 'ple.com'].map(delta)));
    expect(answer).not.toContain('@exam"');
    expect(answer).toContain('@redacted.example');
  });

  test('log probabilities of a text that lost something', () => {
    const body = {
      choices: [
        { message: { content: 'jane@example.com' }, logprobs: { content: [{ token: 'jane', bytes: [106, 97] }] } },
      ],
    };
    const { answer, counts } = redact(exchange(messages('hi'), JSON.stringify(body)));
    expect((JSON.parse(answer) as typeof body).choices[0]!.logprobs).toBeNull();
    expect(counts['logprobs']).toBe(1);
  });

  test('keys, paths and headers; headers of the account are not kept', () => {
    const { out } = redact(exchange({ [`k ${planted[0]!.value}`]: 1 }, '{}', `/files?api_key=${planted[0]!.value}`));
    expect(JSON.stringify(out)).not.toContain(planted[0]!.value);
    expect(out.response.headers).toEqual({ 'content-type': 'text/event-stream' });
  });

  test('personal data that may stay stays, credentials do not', () => {
    const by: Redaction = { ...redaction(), keep: ['email', 'phone'] };
    const { body } = redact(
      exchange(messages(`jane@example.com +49 30 90182017 ${planted[0]!.value} 4111111111111111`), '{}'),
      by,
    );
    expect(JSON.stringify(body)).toContain('jane@example.com +49 30 90182017');
    expect(JSON.stringify(body)).not.toContain(planted[0]!.value);
    expect(JSON.stringify(body)).not.toContain('4111111111111111');
  });

  test('each find is counted by its kind', () => {
    const { counts } = redact(exchange(messages('a@example.com b@example.com'), event({ content: 'c@example.com' })));
    expect(counts).toEqual({ email: 3 });
  });
});

test('a stream’s stretches arrive when their last byte did, all others as they came', () => {
  const lines = [
    event({ content: 'one ' }),
    event({ content: 'a@exam' }),
    event({ content: 'ple.com' }),
    event({ content: ' two' }),
    'data: [DONE]\n\n',
  ];
  const text = lines.join('');
  for (const size of [1, 5, 64, 1000]) {
    const { out, answer } = redact(exchange(messages('hi'), cut(text, size)));
    expect(answer.startsWith(lines[0] as string)).toBe(true);
    expect(answer.endsWith(`${lines[3]}${lines[4]}`)).toBe(true);
    expect(out.response.chunks.every(([ms], at, all) => at === 0 || ms >= all[at - 1]![0])).toBe(true);
    expect(out.response.chunks.at(-1)?.[0]).toBe(cut(text, size).length - 1);
  }
});
