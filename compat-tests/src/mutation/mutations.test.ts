import { beforeAll, expect, test } from 'vitest';
import { capabilities } from '../conformance/cases/index.ts';
import { wireFaults } from '../faults/wire/index.ts';
import { findProof, findSoleCatches, type Matrix, proveSuite, writeMatrix } from './matrix.ts';
import { rehearse } from './prove.ts';
import { uncaught } from './uncaught.ts';

let matrix: Matrix;
beforeAll(async () => {
  matrix = await proveSuite(capabilities);
}, 180_000);

test('the suite finds every fault but those that are known to escape', () => {
  const missed = matrix.proofs.filter(({ catches }) => catches.length === 0).map(({ fault }) => fault.id);
  expect(missed).toEqual(uncaught.map(({ fault }) => fault));
});

test('at least 99 % of the faults at must are found', () => {
  const must = matrix.proofs.filter(({ fault }) => fault.level === 'must');
  expect(must.length).toBeGreaterThan(150);
  expect(must.filter(({ catches }) => catches.length > 0).length / must.length).toBeGreaterThanOrEqual(0.99);
});

test('nothing is raised on the sound endpoint and its harmless variations', () => {
  expect(matrix.falseAlarms.map((alarm) => `${alarm.where}: ${alarm.case.id}: ${alarm.reason}`)).toEqual([]);
});

test('MUTATIONS.md', () => expect(writeMatrix(matrix)).toMatchFileSnapshot('../../MUTATIONS.md'));

test('without a case that alone finds a fault, the fault is missed', async () => {
  const sole = findSoleCatches(matrix.proofs);
  expect(sole.size).toBeGreaterThan(10);
  const faults = new Map([...wireFaults.values()].flat().map((fault) => [fault.id, fault]));
  const [first = ['', []]] = sole;
  const [id, [faultId = '']] = first;
  const rest = capabilities.map(({ name, cases }) => ({ name, cases: cases.filter((row) => row.id !== id) }));
  const fault = faults.get(faultId);
  if (fault === undefined) throw new Error(`no fault ${faultId}`);
  expect(await findProof(fault, await rehearse(rest))).toEqual([]);
});
