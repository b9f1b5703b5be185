import Shim from '@migrate-llm/shim';
import { createFetch } from '@migrate-llm/shim/fetch';
import OpenAI from 'openai';
import OpenAI4 from 'openai4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdkChecks, type SdkCheck } from './bare-sdk.test-checks.ts';
import { startEmbedded, type EmbeddedServer } from './server.ts';

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded({ slots: 2, contextSize: 2048 });
});
afterAll(() => server.close());

const migrate = () => ({ target: { baseURL: server.url, dialect: 'llama.cpp' }, policy: 'silent' }) as const;
const bare = () => ({ apiKey: 'none', baseURL: server.url, maxRetries: 0 });

/** The SDKs that the checks are run with; major 4 is typed as the newest, of which the checks use what both have. */
const BARE: Readonly<Record<string, () => OpenAI>> = {
  'openai 7': () => new OpenAI(bare()),
  'openai 4': () => new OpenAI4(bare()) as unknown as OpenAI,
};
const SHIMMED: Readonly<Record<string, () => OpenAI>> = {
  '@migrate-llm/shim on openai 7': () =>
    new Shim({ apiKey: 'none', maxRetries: 0, migrate: migrate() }) as unknown as OpenAI,
  'openai 4 with createFetch': () =>
    new OpenAI4({ ...bare(), fetch: createFetch(migrate()) as never }) as unknown as OpenAI,
};

/** What is different from OpenAI; a throw counts as much as a wrong value. */
const difference = (check: SdkCheck, client: OpenAI) =>
  check
    .run(client, server.modelId)
    .catch((error: unknown) => `threw ${error instanceof Error ? error.message : String(error)}`);

describe.each(Object.entries(BARE))('%s, bare', (_, create) => {
  test.each(sdkChecks.map((check) => [check.bare, check.id, check] as const))('%s: %s', async (expected, __, check) => {
    const found = await difference(check, create());
    if (expected === 'passes') expect(found).toBeUndefined();
    else expect(found, 'the endpoint has become better than llama-server here').toBeDefined();
  });
});

describe.each(Object.entries(SHIMMED))('%s', (_, create) => {
  const label = (check: SdkCheck) => (check.gap === undefined ? check.id : `${check.id} (known gap: ${check.gap})`);
  test.each(sdkChecks.map((check) => [label(check), check] as const))('%s', async (__, check) => {
    const found = await difference(check, create());
    if (check.gap === undefined) expect(found).toBeUndefined();
    else expect(found, 'the gap is closed: take it off the check').toBeDefined();
  });
});

test('the shim makes a difference: most checks that the bare SDK fails, it passes', () => {
  const failed = sdkChecks.filter((check) => check.bare === 'differs');
  const healed = failed.filter((check) => check.gap === undefined);
  expect([failed.length, healed.length]).toEqual([25, 23]);
});
