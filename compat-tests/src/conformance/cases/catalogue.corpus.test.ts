import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { capabilities } from './index.ts';

// The catalogue of checks beside the checkout: every one is a row here, with its level and kind.

/** Where a row differs from the catalogue, and why. */
const differences: Readonly<Record<string, string>> = {
  'STT-12': 'must instead of should: every client loses the arguments (hurts.json)',
};

test('every check of the catalogue is a row of its group, at its level and of its kind', () => {
  const url = new URL('../../../../../shared/facts/conformance-cases.json', import.meta.url);
  const catalogue = JSON.parse(readFileSync(url, 'utf8')) as ReadonlyArray<Readonly<Record<string, string>>>;
  const rows = new Map(
    capabilities.flatMap(({ name, cases }) => cases.map(({ id, level, kind }) => [id, `${name} ${level} ${kind}`])),
  );
  const different = catalogue.filter(({ id = '', group, level, kind }) => rows.get(id) !== `${group} ${level} ${kind}`);
  expect(different.map(({ id }) => id)).toEqual(Object.keys(differences));
  expect([catalogue.length, rows.size]).toEqual([337, expect.any(Number)]);
});
