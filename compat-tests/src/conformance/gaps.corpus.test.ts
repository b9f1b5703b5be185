import { expect, test } from 'vitest';
import { readObservations } from './calibration.test-traffic.ts';
import { capabilities } from './cases/index.ts';
import { gaps } from './gaps.ts';
import { judgeRecorded } from './recordings.ts';

// Strict in both directions: a deviation that nobody wrote down is red, and so is one that is not there any more.

test('the recorded answers of open endpoints leave the cases where the table says, and nowhere else', () => {
  const recorded = readObservations('open-endpoints', () => true);
  const counts = new Map<string, { left: number; of: number; first: string }>();
  for (const row of capabilities.flatMap(({ cases }) => cases))
    for (const { provider, seen } of row.applies === undefined ? [] : recorded) {
      const results = judgeRecorded(row, seen, 'openai-observed');
      if (results === undefined) continue;
      const count = counts.get(`${row.id} ${provider}`) ?? { left: 0, of: 0, first: '' };
      counts.set(`${row.id} ${provider}`, count);
      count.of += 1;
      const wrong = results.find(({ outcome }) => outcome !== 'held');
      if (wrong === undefined) continue;
      count.left += 1;
      count.first ||= `${wrong.says}: ${wrong.got}`;
    }
  const known = gaps.flatMap((row) =>
    Object.entries(row.at).map(([provider, [left, of]]) => `${row.case} ${provider} ${left} of ${of}`),
  );
  const found = [...counts].filter(([, { left }]) => left > 0);
  console.log(
    'exchanges:',
    recorded.length,
    'pairs of case and provider that were judged:',
    counts.size,
    'that deviate:',
    found.length,
  );
  for (const [key, { first }] of found)
    if (!known.some((one) => one.startsWith(`${key} `))) console.log('not in the table:', key, first);
  expect(found.map(([key, { left, of }]) => `${key} ${left} of ${of}`).sort()).toEqual(known.sort());
  expect(recorded.length).toBeGreaterThan(800);
});
