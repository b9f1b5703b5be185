import OpenAI, { AuthenticationError } from 'openai';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { json } from './answer/ask.test-endpoint.ts';
import type { Clock } from './clock.ts';
import { createTranslatingFetch } from './core.ts';
import { resolveSetup } from './setup.ts';
import { completion } from './upstream.test-server.ts';

const baseURL = 'https://eu-de.ml.cloud.ibm.com/ml/gateway/v1';
const iam = 'https://iam.cloud.ibm.com/identity/token';
const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };
let count = 0;

/** A watsonx gateway and IBM's token service, with a key nobody has used yet. */
function open({
  dialect = 'watsonx' as const,
  env = {} as Record<string, string>,
  key = undefined as string | undefined,
} = {}) {
  count += 1;
  const apiKey = key ?? `key-of-ibm-${count}`;
  const forms: string[] = [];
  const bearers: string[] = [];
  const inits: RequestInit[] = [];
  const at = { ms: 0 };
  const answers = {
    token: (): Response => json({ access_token: `token-${forms.length}`, expires_in: 3600, token_type: 'Bearer' }),
    chat: (): Response => json(completion({ content: 'hi' })),
  };
  const inner = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (String(input) === iam) {
      forms.push(String(init.body));
      inits.push(init);
      return answers.token();
    }
    bearers.push(new Headers(init.headers).get('authorization') ?? '');
    return answers.chat();
  };
  const clock: Clock = { now: () => at.ms, random: () => 0, after: () => () => undefined };
  const around = { env: { WATSONX_API_KEY: apiKey, ...env }, cwd: undefined, readText: () => undefined, clock };
  const setup = resolveSetup({ target: { dialect, baseURL }, policy: 'silent' }, around);
  if (setup === 'openai') throw new Error('nothing is translated');
  const client = new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: createTranslatingFetch(setup, inner) });
  return { client, forms, bearers, inits, at, answers, apiKey };
}

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

describe('watsonx’s key', () => {
  test('goes to the token service only, and the token to the gateway', async () => {
    const { client, forms, bearers, apiKey } = open();
    await client.chat.completions.create(ask);
    await client.chat.completions.create(ask);
    expect(forms).toEqual([`grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=${apiKey}`]);
    expect(bearers).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  test('is changed once for calls that start together', async () => {
    const { client, forms, bearers } = open();
    await Promise.all([1, 2, 3, 4].map(() => client.chat.completions.create(ask)));
    expect([forms.length, new Set(bearers).size]).toEqual([1, 1]);
  });

  test('is changed anew a minute before the token ends, once', async () => {
    const { client, forms, bearers, at } = open();
    await client.chat.completions.create(ask);
    at.ms = 3_539_000;
    await client.chat.completions.create(ask);
    expect(forms).toHaveLength(1);
    at.ms = 3_541_000;
    await Promise.all([1, 2, 3].map(() => client.chat.completions.create(ask)));
    expect(forms).toHaveLength(2);
    expect(bearers.at(-1)).toBe('Bearer token-2');
  });

  test('is changed anew where the gateway no longer takes the token, once per call', async () => {
    const { client, forms, bearers, answers } = open();
    await client.chat.completions.create(ask);
    let refusals = 0;
    answers.chat = () => {
      refusals += 1;
      return refusals === 1 ? json({ message: 'revoked' }, 401) : json(completion({ content: 'hi' }));
    };
    await client.chat.completions.create(ask);
    expect([forms.length, bearers.at(-1)]).toEqual([2, 'Bearer token-2']);
    answers.chat = () => json({ message: 'no access' }, 401);
    await expect(client.chat.completions.create(ask)).rejects.toBeInstanceOf(AuthenticationError);
    expect(forms).toHaveLength(3);
  });

  test('that is refused is OpenAI’s error, without the key, and asked anew', async () => {
    const { client, forms, answers, apiKey } = open();
    const taken = answers.token;
    answers.token = () =>
      json({ errorCode: 'BXNIM0415E', errorMessage: `Provided API key ${apiKey} could not be found.` }, 400);
    const failed: unknown = await client.chat.completions.create(ask).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AuthenticationError);
    expect(failed).toMatchObject({ code: 'invalid_api_key', message: expect.stringContaining('could not be found') });
    expect((failed as Error).message).not.toContain(apiKey);
    answers.token = () => new Response('busy', { status: 503 });
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
      status: 503,
      code: 'key_exchange_failed',
    });
    answers.token = taken;
    await client.chat.completions.create(ask);
    expect(forms).toHaveLength(3);
  });

  test('that cannot be changed for want of a connection is the SDK’s connection error', async () => {
    const { client, answers } = open();
    answers.token = () => {
      throw new TypeError('fetch failed');
    };
    await expect(client.chat.completions.create(ask)).rejects.toThrow('Connection error');
  });

  test('stays with a call that is given up: others wait for the same token', async () => {
    const { client, answers, inits, forms } = open();
    const leaving = new AbortController();
    const make = answers.token;
    answers.token = () => {
      leaving.abort();
      return make();
    };
    const gone = client.chat.completions.create(ask, { signal: leaving.signal });
    const stays = client.chat.completions.create(ask);
    await expect(gone).rejects.toThrow('aborted');
    await stays;
    expect([forms.length, inits[0]?.signal === leaving.signal]).toEqual([1, false]);
  });

  test('is found by the address alone', async () => {
    const { client, forms } = open({ dialect: 'auto' as 'watsonx' });
    await client.chat.completions.create(ask);
    expect(forms).toHaveLength(1);
  });

  test('that is an access token already is sent as it is', async () => {
    const { client, forms, bearers } = open({ key: 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl' });
    await client.chat.completions.create(ask);
    expect([forms, bearers]).toEqual([[], ['Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl']]);
  });
});
