import { expect, test } from 'vitest';
import type { Choice } from '../answer.ts';
import { comparePair } from '../ask.ts';
import { readRecordedAnswer } from '../answer.ts';
import { readAnswerSchema } from '../comparisons/values.ts';
import { makeExchange } from '../exchanges.test-material.ts';
import { isObject } from '../json.ts';
import { keepsItems, keepsNumbers, keepsUnits, speaks } from '../ready-checks.ts';
import { isOpenRouters, readTraffic } from '../traffic.test-rows.ts';
import { injectFault, semanticFaults, type Surface } from './semantic.ts';

// Faults of meaning, put into OpenAI's own recorded answers: what the comparisons and the ready-made task checks see of them.

const tasks = [keepsNumbers, keepsUnits, keepsItems, speaks('en')];

test('faults of meaning are caught where a schema or a task check can see them, and the others are listed', async () => {
  const rows = readTraffic('openai').filter(
    (row) =>
      row.endpoint === 'chat.completions' &&
      row.response.body !== undefined &&
      row.response.status === 200 &&
      !isOpenRouters(row),
  );
  const counts = new Map<string, { made: number; caught: number; by: Set<string> }>();
  for (const row of rows) {
    if (!isObject(row.request?.body)) continue;
    const exchange = makeExchange({ id: row.id, request: row.request.body, answer: row.response.body });
    const recorded = readRecordedAnswer(exchange);
    const [choice] = recorded.choices;
    if (choice === undefined) continue;
    const surface: Surface =
      choice.toolCalls.length > 0 ? 'arguments' : readAnswerSchema(row.request.body) === undefined ? 'text' : 'JSON';
    for (const fault of semanticFaults) {
      const changed: Choice | undefined = injectFault(fault, choice, surface);
      if (changed === undefined) continue;
      const checks = comparePair(
        exchange,
        recorded,
        { ...recorded, choices: [changed] },
        surface === 'text' ? tasks : [],
      );
      const seen = checks
        .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'DIFFERENT')
        .map(({ check }) => check);
      const key = `${fault.id} | ${surface}`;
      const held = counts.get(key) ?? { made: 0, caught: 0, by: new Set<string>() };
      counts.set(key, {
        made: held.made + 1,
        caught: held.caught + (seen.length > 0 ? 1 : 0),
        by: new Set([...held.by, ...seen]),
      });
    }
  }
  const rowsOf = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const unseen = new Set(['negation | text', 'entity | text']);
  const table = rowsOf.map(
    ([key, { made, caught, by }]) =>
      `| ${key} | ${made} | ${caught} (${((caught / made) * 100).toFixed(1)} %) | ${[...by].sort().join(', ') || 'nothing'} |`,
  );
  await expect(
    `# Faults of meaning

Written by \`src/faults/semantic.corpus.test.ts\` (\`--update\` writes it again): small changes of meaning put into OpenAI's own recorded answers, and what of them is caught.
Text is looked at with the ready-made checks \`keepsNumbers\`, \`keepsUnits\`, \`keepsItems\` and \`speaks\`. Not seen by any of them, and not claimed: a negation and another name in free text.
They take a task check of your own that knows the right answer.

| fault | in | made | caught | by |
| --- | --- | --- | --- | --- |
${table.join('\n')}
`,
  ).toMatchFileSnapshot('../../SEMANTIC-FAULTS.md');
  const missed = rowsOf.filter(([key, { made, caught }]) => !unseen.has(key) && caught / made < 0.95);
  expect(missed).toEqual([]);
  expect(rowsOf.length).toBeGreaterThan(10);
});
