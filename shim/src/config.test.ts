import { describe, expect, test } from 'vitest';
import { configFileName, parseConfig, readConfigFile, type Surroundings } from './config-file.ts';
import { ShimConfigError } from './config-error.ts';
import { locateJsonError } from './json-place.ts';
import { resolveSetup } from './setup.ts';

const around = (
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  cwd = '/app/src/deep',
): Surroundings => ({ env, cwd, readText: (path) => files[path] });
const file = (config: unknown, folder = '/app') => ({ [`${folder}/${configFileName}`]: JSON.stringify(config) });
const local = { target: 'local', targets: { local: { dialect: 'llama.cpp', baseURL: 'http://127.0.0.1:8080/v1/' } } };
const active = (...args: Parameters<typeof resolveSetup>) => {
  const setup = resolveSetup(...args);
  if (setup === 'openai' || setup.target === 'openai') throw new Error('nothing is translated');
  return { ...setup, target: setup.target };
};

describe('what wins', () => {
  test('the nearest file upward', () => {
    const files = {
      ...file({ ...local, policy: 'silent' }, '/app/src'),
      ...file({ ...local, policy: 'strict' }, '/app'),
    };
    expect(active(undefined, around(files)).policy).toBe('silent');
  });
  test('a file at the root', () => expect(active(undefined, around(file(local, ''))).target.id).toBe('local'));
  test('the file MIGRATE_LLM_CONFIG names', () =>
    expect(
      active(
        undefined,
        around(
          { ...file(local), '/x.json': JSON.stringify({ ...local, policy: 'strict' }) },
          { MIGRATE_LLM_CONFIG: '/x.json' },
        ),
      ).policy,
    ).toBe('strict'));
  test('environment over file', () => {
    const { target } = active(
      undefined,
      around(file(local), { MIGRATE_LLM_BASE_URL: 'http://other:1/v1', MIGRATE_LLM_API_KEY: 'k' }),
    );
    expect(target).toEqual({
      id: 'env',
      dialect: 'auto',
      baseURL: 'http://other:1/v1',
      apiKey: 'k',
      keepsCredentials: false,
    });
  });
  test('a file’s key does not go to the environment’s address', () => {
    const config = { target: 'local', targets: { local: { baseURL: 'http://a/v1', apiKeyEnv: 'A_KEY' } } };
    expect(
      active(undefined, around(file(config), { MIGRATE_LLM_BASE_URL: 'http://b/v1', A_KEY: 'secret' })).target.apiKey,
    ).toBeUndefined();
  });
  test('the constructor over both', () => {
    const { target, policy } = active(
      { target: { baseURL: 'http://mine/v1', dialect: 'llama.cpp' }, policy: 'strict' },
      around(file(local), { MIGRATE_LLM_BASE_URL: 'http://other/v1', MIGRATE_LLM_POLICY: 'silent' }),
    );
    expect([target.baseURL, target.dialect, policy]).toEqual(['http://mine/v1', 'llama.cpp', 'strict']);
  });
  test('a baseURL of the call over environment and file', () =>
    expect(
      active(undefined, around(file(local), { MIGRATE_LLM_BASE_URL: 'http://other/v1' }), { baseURL: 'http://call/v1' })
        .target.baseURL,
    ).toBe('http://call/v1'));
  test('the kill switch over everything', () =>
    expect(
      resolveSetup({ target: { baseURL: 'http://mine/v1' } }, around(file(local), { MIGRATE_LLM_TARGET: 'openai' })),
    ).toBe('openai'));
  test('target openai in the file', () =>
    expect(resolveSetup(undefined, around(file({ target: 'openai' })))).toBe('openai'));
  test('an empty variable counts as unset', () =>
    expect(
      active(undefined, around(file(local), { MIGRATE_LLM_BASE_URL: '', MIGRATE_LLM_TARGET: ' ' })).target.id,
    ).toBe('local'));
  test.each<[string, unknown, Record<string, string>]>([
    ['a target of a provider', { target: 'main', targets: { main: { dialect: 'groq' } } }, {}],
    ['a provider as target', { target: 'groq' }, {}],
    ['a provider as target of the environment', undefined, { MIGRATE_LLM_TARGET: 'groq' }],
    ['a provider’s address', undefined, { MIGRATE_LLM_BASE_URL: 'https://api.groq.com/openai/v1' }],
  ])('%s is a whole configuration beside its key', (_, config, env) => {
    const { target } = active(
      undefined,
      around(config === undefined ? {} : file(config), { ...env, GROQ_API_KEY: 'gsk' }),
    );
    expect([target.baseURL, target.apiKey]).toEqual(['https://api.groq.com/openai/v1', 'gsk']);
  });
  test('a model may go to a provider that no entry names', () => {
    const config = { ...local, models: { 'gpt-4o': { target: 'groq', model: 'openai/gpt-oss-120b' } } };
    const { routes } = active(undefined, around(file(config), { GROQ_API_KEY: 'gsk' }));
    expect(routes.usual('gpt-4o')).toMatchObject({ to: { id: 'groq', apiKey: 'gsk' }, model: 'openai/gpt-oss-120b' });
  });
  test.each(['https://gateway.test/v1', 'http://api.groq.com/openai/v1', 'https://api.groq.com.evil.test/v1'])(
    'a provider’s key does not go to %s',
    (baseURL) => {
      const { target } = active({ target: { dialect: 'groq', baseURL } }, around({}, { GROQ_API_KEY: 'gsk' }));
      expect(target.apiKey).toBeUndefined();
    },
  );
  test('a target’s rules', () => {
    const config = { target: 'local', targets: { local: { ...local.targets.local, rules: { drop: ['seed'] } } } };
    expect(active(undefined, around(file(config))).target.rules).toEqual({ drop: ['seed'] });
  });
  test('no file system, no file', () =>
    expect(readConfigFile({ env: {}, cwd: undefined, readText: () => '{}' }, undefined)).toBeUndefined());
});

describe('what is wrong is said in one line', () => {
  test.each<[string, unknown, Readonly<Record<string, string>>, RegExp]>([
    ['no target', {}, {}, /no target.*MIGRATE_LLM_BASE_URL.*migrate-llm\.config\.json/],
    ['an unknown key', { ...local, polcy: 'warn' }, {}, /unknown key "polcy" \(did you mean "policy"\?\)/],
    [
      'an unknown key of a target',
      { targets: { a: { baseUrl: 'http://a' } } },
      {},
      /targets\.a: unknown key "baseUrl" \(did you mean "baseURL"\?\)/,
    ],
    [
      'an unknown dialect',
      { ...local, targets: { local: { dialect: 'llamacpp', baseURL: 'http://a' } } },
      {},
      /"llamacpp" \(did you mean "llama\.cpp"\?\)/,
    ],
    [
      'a target that is not there',
      { ...local, target: 'locl' },
      {},
      /target "locl" is not in targets \(local\) ?\(did you mean "local"\?\)/,
    ],
    [
      'an unknown key of images',
      { ...local, images: { host: [] } },
      {},
      /images: unknown key "host" \(did you mean "hosts"/,
    ],
    [
      'an address as host of images',
      { ...local, images: { hosts: ['https://x.com'] } },
      {},
      /images\.hosts must be a list/,
    ],
    ['images without limits', { ...local, images: { maxBytes: 0 } }, {}, /images\.maxBytes is 0/],
    [
      'an address without scheme',
      { ...local, targets: { local: { baseURL: 'localhost:8080/v1' } } },
      {},
      /must start with http/,
    ],
    [
      'an address of another scheme',
      { ...local, targets: { local: { baseURL: 'ftp://a' } } },
      {},
      /must start with http/,
    ],
    ['an address that is none', { ...local, targets: { local: { baseURL: '8080' } } }, {}, /not a URL/],
    ['a key in the file', { ...local, targets: { local: { baseURL: 'http://a', apiKey: 'sk' } } }, {}, /apiKeyEnv/],
    [
      'a key variable that is not set',
      { ...local, targets: { local: { baseURL: 'http://a', apiKeyEnv: 'NOPE' } } },
      {},
      /NOPE, which is not set/,
    ],
    ['a policy that is none', { ...local, policy: 'loud' }, {}, /strict, warn or silent/],
    [
      'a policy variable that is none',
      local,
      { MIGRATE_LLM_POLICY: 'stric' },
      /MIGRATE_LLM_POLICY.*did you mean "strict"/,
    ],
    ['a model that maps to nothing', { ...local, models: { 'gpt-4o': 3 } }, {}, /models\["gpt-4o"\]/],
    [
      'a model at a target that is not there',
      { ...local, models: { 'gpt-4o': { target: 'b', model: 'm' } } },
      {},
      /names target "b"/,
    ],
    ['a dialect as target without address', {}, { MIGRATE_LLM_TARGET: 'llama.cpp' }, /MIGRATE_LLM_BASE_URL beside it/],
    [
      'a provider without its key',
      { target: 'groq' },
      {},
      /target "groq" takes its key from GROQ_API_KEY, which is not set/,
    ],
    [
      'a dialect without an address of its own',
      { target: 'a', targets: { a: { dialect: 'vllm' } } },
      {},
      /targets\.a\.baseURL is missing: give the address of vLLM, e\.g\. http:\/\/127\.0\.0\.1:8000\/v1/,
    ],
    ['a misspelt provider as target', { target: 'grok' }, {}, /did you mean "groq"\?/],
    ...(
      [
        [{ drp: ['seed'] }, /unknown key "drp" \(did you mean "drop"\?\)/],
        [{ drop: ['sead'] }, /"sead" is no chat parameter \(did you mean "seed"\?\)/],
        [{ drop: ['tools'] }, /tools cannot be dropped/],
        [{ drop: 'seed' }, /rules\.drop must be a list/],
        [{ rename: ['seed'] }, /rules\.rename must be an object/],
        [{ rename: { seed: '' } }, /rules\.rename\.seed must be a text/],
        [{ drop: ['seed'], pass: ['seed'] }, /seed is named twice/],
      ] as const
    ).map(([rules, message]): [string, unknown, Record<string, string>, RegExp] => [
      `the rules ${JSON.stringify(rules)}`,
      { target: 'a', targets: { a: { baseURL: 'http://a', rules } } },
      {},
      message,
    ]),
    ['a config path that leads nowhere', local, { MIGRATE_LLM_CONFIG: '/no.json' }, /\/no\.json, which does not exist/],
    ['a route that is no list', { ...local, route: {} }, {}, /route must be a list of rules/],
    [
      'an unknown key of a rule',
      { ...local, route: [{ fallbck: [] }] },
      {},
      /route\[0\]: unknown key "fallbck" \(did you mean "fallback"\?\)/,
    ],
    [
      'an unknown condition',
      { ...local, route: [{ when: { callsite: 'a' } }] },
      {},
      /route\[0\]\.when: unknown key "callsite" \(did you mean "callSite"\?\)/,
    ],
    [
      'a role nobody has',
      { ...local, route: [{ when: { role: 'small_chat' } }] },
      {},
      /role is "small_chat" \(did you mean "small-chat"\?\)/,
    ],
    ['a condition no call fits', { ...local, route: [{ when: { model: [] } }] }, {}, /empty list/],
    [
      'a rule’s target that is not there',
      { ...local, route: [{ fallback: ['locl'] }] },
      {},
      /route\[0\] names target "locl", which is not in targets \(did you mean "local"\?\)/,
    ],
    ['a model without its target', { ...local, route: [{ model: 'm' }] }, {}, /route\[0\]\.model needs a target/],
    [
      'a share over 100 %',
      { ...local, route: [{ canary: { target: 'local', percent: 101 } }] },
      {},
      /canary\.percent is 101; it must be a percentage/,
    ],
    [
      'a canary’s key that is none',
      { ...local, route: [{ canary: { target: 'local', percent: 1, by: 'usr' } }] },
      {},
      /canary\.by is "usr" \(did you mean "user"\?\); it must be request, user or header:<name>/,
    ],
    ['a deadline that is none', { ...local, route: [{ deadlineMs: '3s' }] }, {}, /deadlineMs is "3s"/],
    [
      'a limit nobody knows',
      { ...local, targets: { local: { baseURL: 'http://a', limits: { retrys: 1 } } } },
      {},
      /targets\.local\.limits: unknown key "retrys" \(did you mean "retries"\?\)/,
    ],
    ['a hook in a file', { ...local, onShadow: 'x' }, {}, /unknown key "onShadow"/],
    ['a recording without a path', { ...local, record: {} }, {}, /record\.path must be a text/],
    [
      'a pattern that is none',
      { ...local, record: { path: 'r.jsonl', redact: { patterns: { mine: '(' } } } },
      {},
      /redact\.patterns\.mine is not a regular expression/,
    ],
    [
      'a pattern that fits everywhere',
      { ...local, record: { path: 'r.jsonl', redact: { patterns: { mine: 'x*' } } } },
      {},
      /matches the empty text/,
    ],
    [
      'credentials that should stay',
      { ...local, record: { path: 'r.jsonl', redact: { keep: ['key'] } } },
      {},
      /keep is "key".*must be one of email/,
    ],
    ['an array', [], {}, /must be an object/],
  ])('%s', (_, config, env, message) => {
    const attempt = () => resolveSetup(undefined, around(file(config), env));
    expect(attempt).toThrow(ShimConfigError);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  test.each([
    ['{\n  "target": "a",\n  "targets": {,}\n}', 3, 15],
    ['{\n  "target": "a"\n', 3, 1],
    ['{"a": 1,}', 1, 9],
    ["{'a': 1}", 1, 2],
    ['{"a": 1} x', 1, 10],
    ['{"a": tru}', 1, 7],
    ['', 1, 1],
  ])('JSON that is none: %j', (text, line, column) => {
    expect(() => parseConfig(text, 'f.json')).toThrow(`f.json:${line}:${column} is not JSON`);
  });

  test.each(['{}', ' [1, -2.5e3, "a\\"\\u00e9", {"b": [null, true]}] ', '"x"', '0'])('JSON that is: %s', (text) =>
    expect(locateJsonError(text)).toBe(-1),
  );
});
