import { expect, onTestFinished, test, vi } from 'vitest';
import { capabilities } from './cases/index.ts';
import { type Asking, clients } from './hurts.test-clients.ts';
import { type Base, bases, type Variant, variants, type Wire } from './hurts.test-variants.ts';
import { observe } from './observation.ts';
import { clientIds } from './profiles.ts';
import type { ClientId } from './result.ts';

// Whom a case hurts is measured: what each client makes of an answer that leaves the case, beside what it makes of OpenAI's.

const askings: Readonly<Record<Base, Asking>> = {
  text: { stream: false, tools: false },
  tools: { stream: false, tools: true },
  'text stream': { stream: true, tools: false },
  'tool stream': { stream: true, tools: true },
  refusal: { stream: false, tools: false },
  'wrong key': { stream: false, tools: false },
  'unknown model': { stream: false, tools: false },
};
const answer = ({ status, type, text }: Wire) => new Response(text, { status, headers: { 'content-type': type } });
const see = async (client: ClientId, base: Base, wire: Wire) =>
  JSON.stringify(await clients[client](async () => answer(wire), askings[base]));

/** A promise that a client leaves behind rejected is not the test's business. */
process.on('unhandledRejection', () => {});

async function measure({ base, wire }: Variant): Promise<ClientId[]> {
  const hurt: ClientId[] = [];
  for (const client of clientIds)
    if ((await see(client, base, wire)) !== (await see(client, base, bases[base]))) hurt.push(client);
  return hurt;
}

test('every variant leaves its case, and no base does', () => {
  const rows = new Map(capabilities.flatMap(({ cases }) => cases.map((row) => [row.id, row] as const)));
  const tool = {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: {} }, required: ['city'] } },
  };
  const isBroken = ({ case: id, base }: Variant, { status, type, text }: Wire) => {
    const body = {
      model: 'tiny',
      stream: askings[base].stream,
      stream_options: { include_usage: true },
      tools: [tool],
    };
    const seen = observe(
      { method: 'POST', path: '/chat/completions', headers: {}, body },
      { status, headers: { 'content-type': type }, pieces: [[0, new TextEncoder().encode(text)]] },
    );
    const judged = rows
      .get(id)
      ?.expect.filter(({ own, strict }) => own !== true && strict !== true)
      .map(({ judge }) => judge(seen, [seen]));
    return judged?.some((one) => one !== 'held');
  };
  expect(
    variants.filter((variant) => isBroken(variant, variant.wire) !== true).map(({ case: id, says }) => `${id} ${says}`),
  ).toEqual([]);
  expect(
    variants
      .filter((variant) => isBroken(variant, bases[variant.base]) !== false)
      .map(({ case: id, says }) => `${id} ${says}`),
  ).toEqual([]);
});

test('hurts.json has whom each case was seen to hurt', async () => {
  // What clients print about broken answers.
  for (const say of ['error', 'warn'] as const) vi.spyOn(console, say).mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  const hurts = new Map<string, Set<ClientId>>();
  const lines: string[] = [];
  for (const variant of variants) {
    const hurt = await measure(variant);
    lines.push(`${variant.case} ${variant.says}: ${hurt.join(', ') || 'nobody'}`);
    hurts.set(variant.case, new Set([...(hurts.get(variant.case) ?? []), ...hurt]));
  }
  console.log(lines.join('\n'));
  const measured = [...hurts].map(
    ([id, who]) =>
      `  ${JSON.stringify(id)}: ${JSON.stringify(clientIds.filter((client) => who.has(client))).replaceAll(',', ', ')}`,
  );
  await expect(`{\n${measured.join(',\n')}\n}\n`).toMatchFileSnapshot('./hurts.json');
});
