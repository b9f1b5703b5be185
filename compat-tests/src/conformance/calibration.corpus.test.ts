import { expect, test } from 'vitest';
import { calibrate, findUnexplained, writeCalibration, writeCalibrationNumbers } from './calibration.ts';
import { readOpenAI } from './calibration.test-traffic.ts';
import { capabilities } from './cases/index.ts';

// A case may only fail an endpoint for what OpenAI itself was recorded to keep to.

const recorded = readOpenAI().map(({ seen }) => seen);
const calibrations = calibrate(capabilities, recorded);

test("every case holds on OpenAI's recorded answers, but for explained exceptions", () => {
  expect(findUnexplained(calibrations)).toEqual([]);
  expect(recorded.length).toBeGreaterThan(900);
  expect(calibrations.filter(({ held }) => held > 0).length).toBeGreaterThan(40);
});

test('CALIBRATION.md', () =>
  expect(writeCalibration(calibrations, recorded.length)).toMatchFileSnapshot('../../CALIBRATION.md'));
test('the numbers that runs read', () =>
  expect(writeCalibrationNumbers(calibrations)).toMatchFileSnapshot('./calibration.json'));
