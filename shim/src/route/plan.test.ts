import { describe, expect, test } from 'vitest';
import type { MigrateOptions } from '../config.ts';
import { resolveSetup } from '../setup.ts';
import { fails, makeBench, readContent, says } from './route.test-bench.ts';
import type { RouteRule } from './rule.ts';

const everybody = { a: says('from a'), b: says('from b'), c: says('from c'), openai: says('from openai') };
const bench = (options: MigrateOptions, ...rest: readonly [] | [object] | [object, Record<string, string>]) => {
  const made = makeBench(options, ...(rest as [object]));
  Object.assign(made.endpoints, everybody);
  return made;
};
const whoAnswers = async (rule: RouteRule, more: object = {}, headers: Record<string, string> = {}) => {
  const made = bench({ route: [rule] });
  await made.ask(more, headers);
  return made.asked().join();
};

describe('a rule is for the calls its conditions fit', () => {
  test.each<[string, RouteRule['when'], object, Record<string, string>, string]>([
    ['no condition', undefined, {}, {}, 'b'],
    ['the model', { model: 'gpt-4o' }, {}, {}, 'b'],
    ['another model', { model: 'gpt-4' }, {}, {}, 'a'],
    ['a pattern', { model: 'gpt-4*' }, {}, {}, 'b'],
    ['a dot, which is a dot', { model: 'gpt-4.' }, {}, {}, 'a'],
    ['one of several', { model: ['gpt-3.5*', 'gpt-4o'] }, {}, {}, 'b'],
    ['the role of the model', { role: 'chat' }, {}, {}, 'b'],
    ['the role of a dated snapshot', { role: 'small-chat' }, { model: 'gpt-4o-mini-2024-07-18' }, {}, 'b'],
    ['another role', { role: ['reasoning', 'embedding'] }, {}, {}, 'a'],
    ['a tag, without one', { callSite: 'triage' }, {}, {}, 'a'],
    ['the tag', { callSite: 'triage' }, {}, { 'x-migrate-llm-call-site': 'triage' }, 'b'],
    ['a tag’s pattern', { callSite: 'tri*' }, {}, { 'X-Migrate-LLM-Call-Site': 'triage' }, 'b'],
    ['all of them', { callSite: 'triage', model: 'o1' }, {}, { 'x-migrate-llm-call-site': 'triage' }, 'a'],
  ])('%s', async (_, when, more, headers, expected) => {
    expect(await whoAnswers({ ...(when === undefined ? {} : { when }), target: 'b' }, more, headers)).toBe(expected);
  });

  test('the first that fits decides, and says so', async () => {
    const made = bench({
      route: [{ when: { model: 'o1' }, target: 'b' }, { name: 'chats', target: 'c' }, { target: 'b' }],
    });
    await made.ask();
    expect(made.asked()).toEqual(['c']);
    expect(made.notes).toContainEqual(
      expect.objectContaining({ code: 'route-chosen', what: 'c is asked', why: 'chats says so' }),
    );
  });

  test('a client has a tag of its own; a request’s goes first, and none leaves', async () => {
    const made = bench({ callSite: 'mine', route: [{ when: { callSite: 'mine' }, target: 'b' }] });
    await made.ask();
    await made.ask({}, { 'x-migrate-llm-call-site': 'other' });
    expect(made.asked()).toEqual(['b', 'a']);
    for (const { headers } of made.got) expect(headers.has('x-migrate-llm-call-site')).toBe(false);
  });
});

test('the model map says a model’s name where the rule does not', async () => {
  const models = { 'gpt-4o': 'open-large', 'gpt-4o-mini': { target: 'b', model: 'b-small' } };
  const made = bench({
    models,
    route: [
      { when: { callSite: 'x' }, target: 'c' },
      { when: { callSite: 'y' }, target: 'c', model: 'c-large' },
    ],
  });
  await made.ask();
  await made.ask({ model: 'gpt-4o-mini' });
  await made.ask({}, { 'x-migrate-llm-call-site': 'x' });
  await made.ask({ model: 'gpt-4o-mini' }, { 'x-migrate-llm-call-site': 'x' });
  await made.ask({}, { 'x-migrate-llm-call-site': 'y' });
  expect(made.got.map(({ url, body }) => [new URL(url).hostname, body['model']])).toEqual([
    ['a.test', 'open-large'],
    ['b.test', 'b-small'],
    ['c.test', 'open-large'],
    ['c.test', 'gpt-4o-mini'],
    ['c.test', 'c-large'],
  ]);
});

describe('a canary', () => {
  const share = async (canary: NonNullable<RouteRule['canary']>, more: (index: number) => object) => {
    const made = bench({ route: [{ canary }] });
    for (let index = 0; index < 400; index += 1) await made.ask(more(index));
    return made.asked();
  };
  test.each([0, 10, 50, 100])('gets about %i % of the calls', async (percent) => {
    const asked = await share({ target: 'b', percent }, (index) => ({
      messages: [{ role: 'user', content: `${index}` }],
    }));
    const got = (asked.filter((host) => host === 'b').length / asked.length) * 100;
    expect(Math.abs(got - percent)).toBeLessThan(percent % 100 === 0 ? 1e-9 : 6);
  });
  test('gets the same request again each time', async () => {
    const asked = await share({ target: 'b', percent: 50 }, () => ({}));
    expect(new Set(asked).size).toBe(1);
  });
  test('keeps a user on one side, whatever is asked', async () => {
    const asked = await share({ target: 'b', percent: 50, by: 'user' }, (index) => ({ user: 'eve', seed: index }));
    expect(new Set(asked).size).toBe(1);
  });
  test('keeps a tenant of a header on one side', async () => {
    const made = bench({ route: [{ canary: { target: 'b', percent: 50, by: 'header:x-tenant' } }] });
    for (let index = 0; index < 40; index += 1) await made.ask({ seed: index }, { 'X-Tenant': 'acme' });
    expect(new Set(made.asked()).size).toBe(1);
  });
  test('that fails leaves the call to the first target', async () => {
    const made = bench({ route: [{ canary: { target: 'b', percent: 100 } }] });
    made.endpoints['b'] = fails(500);
    expect(await readContent(await made.ask())).toBe('from a');
    expect(made.notes).toContainEqual(
      expect.objectContaining({ code: 'route-chosen', why: 'route[0] sends 100 % of its calls there' }),
    );
  });
});

describe('embeddings', () => {
  const embed = (made: ReturnType<typeof bench>) =>
    made.clock.run(
      made.fetch('https://sdk.test/v1/embeddings', {
        method: 'POST',
        body: JSON.stringify({ model: 'text-embedding-3-small', input: 'x' }),
      }),
    );
  const vectors = () => Response.json({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1] }] });

  test('never come from another model than the rule’s first', async () => {
    const made = bench({
      route: [
        {
          target: 'a',
          model: 'e5',
          fallback: [
            { target: 'b', model: 'bge' },
            { target: 'c', model: 'e5' },
          ],
        },
      ],
    });
    Object.assign(made.endpoints, { a: fails(500), c: vectors });
    expect((await embed(made)).status).toBe(200);
    expect(made.asked()).toEqual(['a', 'a', 'c']);
    expect(made.notes).toContainEqual(
      expect.objectContaining({ code: 'route-skipped', what: 'b left out of the route' }),
    );
  });
});

test('what is stored at one target is not asked of another', async () => {
  const made = bench({ route: [{ fallback: ['b'], canary: { target: 'c', percent: 100 } }] });
  made.endpoints['a'] = fails(500);
  const response = await made.clock.run(
    made.fetch('https://sdk.test/v1/chat/completions/chatcmpl-1', { method: 'GET' }),
  );
  expect([response.status, made.asked()]).toEqual([500, ['a']]);
});

describe('a rule may go back to OpenAI', () => {
  const call = { apiKey: 'sk-client-key', openai: { apiKey: 'sk-client-key', organization: 'org-1' } };

  test.each<[string, RouteRule]>([
    ['as its target', { target: 'openai' }],
    ['switched off', { target: 'b', canary: { target: 'c', percent: 100 }, off: true }],
    ['as its fallback', { target: 'b', fallback: ['openai'] }],
  ])('%s: untranslated, with the caller’s key, to OpenAI’s origin', async (_, rule) => {
    const made = bench({ route: [rule], models: { 'gpt-4o': 'open-large' } }, call);
    made.endpoints['b'] = fails(500);
    const body = { logit_bias: { 1: 1 }, messages: [{ role: 'developer', content: 'hi' }] };
    const response = await made.ask(body, { 'x-stainless-lang': 'js', 'x-migrate-llm-call-site': 'x' });
    expect(await readContent(response)).toBe('from openai');
    const last = made.got.at(-1);
    expect(last?.url).toBe('https://api.openai.com/v1/chat/completions');
    expect(last?.body).toEqual({ model: 'gpt-4o', ...body });
    const headers = Object.fromEntries(last?.headers ?? []);
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-client-key',
      'openai-organization': 'org-1',
      'x-stainless-lang': 'js',
    });
    expect(headers).not.toHaveProperty('x-migrate-llm-call-site');
    for (const { url, headers: sent } of made.got)
      if (!url.startsWith('https://api.openai.com/')) expect([...sent].join()).not.toMatch(/sk-client|org-1|stainless/);
  });

  test('with the key of the environment where the client has none of OpenAI’s', async () => {
    const made = bench(
      { route: [{ target: 'openai' }] },
      {},
      { OPENAI_API_KEY: 'sk-env', OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' },
    );
    made.endpoints['eu.openai'] = says('from eu');
    expect(await readContent(await made.ask())).toBe('from eu');
    expect(made.got[0]?.headers.get('authorization')).toBe('Bearer sk-env');
  });

  test.each([
    'http://openai.com.evil.test/v1',
    'http://api.openai.com/v1',
    'https://notopenai.com/v1',
    'https://openai.com.evil.test',
  ])('nowhere else: %s does not get the key', async (baseURL) => {
    const given = { openai: { apiKey: 'sk-client-key', baseURL } };
    const made = bench({ route: [{ target: 'openai' }] }, given, { OPENAI_BASE_URL: baseURL });
    await made.ask();
    expect(made.got.map(({ url }) => url)).toEqual(['https://api.openai.com/v1/chat/completions']);
  });

  test('not without any key', async () => {
    const made = bench({ route: [{ target: 'openai' }] }, {}, {});
    const response = await made.ask();
    expect([response.status, made.got]).toEqual([401, []]);
    expect(await response.json()).toMatchObject({ error: { code: 'no_openai_key' } });
  });
});

describe('OpenAI may be where calls go that no rule names', () => {
  test('as they are, while a rule’s go to a target without the caller’s key', async () => {
    const made = bench({ target: 'openai', route: [{ when: { callSite: 'triage' }, target: 'b' }] });
    const send = (headers: Record<string, string>) =>
      made.clock.run(
        made.fetch('https://api.openai.com/v1/chat/completions?x=1', {
          method: 'POST',
          headers: { authorization: 'Bearer sk-own', 'x-trace': 'kept', ...headers },
          body: '{ "model": "gpt-4o",  "messages": [{ "role": "user", "content": "Hi" }] }',
        }),
      );
    expect(await readContent(await send({}))).toBe('from openai');
    expect(await readContent(await send({ 'x-migrate-llm-call-site': 'triage' }))).toBe('from b');
    expect(made.got.map(({ url, headers }) => [url, headers.get('authorization'), headers.get('x-trace')])).toEqual([
      ['https://api.openai.com/v1/chat/completions?x=1', 'Bearer sk-own', 'kept'],
      ['http://b.test/v1/chat/completions?x=1', 'Bearer key-b', 'kept'],
    ]);
  });
});

describe('whoever says the target says the route', () => {
  const file = JSON.stringify({
    target: 'a',
    targets: { a: { baseURL: 'http://a.test/v1' }, b: { baseURL: 'http://b.test/v1' } },
    route: [{ target: 'b' }],
  });
  const settle = (given: MigrateOptions | undefined, env: Record<string, string>, call = {}) => {
    const setup = resolveSetup(
      given,
      { env, cwd: '/app', readText: (path) => (path.startsWith('/app/') ? file : undefined) },
      call,
    );
    if (setup === 'openai') throw new Error('nothing is wrapped');
    return [setup.routes.rules.length, setup.unusedRoute];
  };
  test.each<[string, MigrateOptions | undefined, Record<string, string>, object, number, RegExp | undefined]>([
    ['the file both', undefined, {}, {}, 1, undefined],
    ['the environment', undefined, { MIGRATE_LLM_TARGET: 'b' }, {}, 0, /^MIGRATE_LLM_TARGET says/],
    [
      'an address in the environment',
      undefined,
      { MIGRATE_LLM_BASE_URL: 'http://x/v1' },
      {},
      0,
      /^MIGRATE_LLM_BASE_URL/,
    ],
    ['an address of the call', undefined, {}, { baseURL: 'http://x/v1' }, 0, /^the baseURL of the call/],
    ['the constructor', { target: 'b' }, {}, {}, 0, /^the constructor/],
    ['the constructor both', { target: 'b', route: [{ target: 'a' }, { target: 'b' }] }, {}, {}, 2, undefined],
  ])('%s', (_, given, env, call, rules, why) => {
    const [count, unused] = settle(given, env, call);
    expect(count).toBe(rules);
    if (why === undefined) expect(unused).toBeUndefined();
    else expect(unused).toMatch(why);
  });
});
