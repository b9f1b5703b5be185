import counted from './calibration.json' with { type: 'json' };
import { calibrationExceptions } from './calibration-exceptions.ts';
import type { Capability, Case } from './case.ts';
import type { Observation } from './observation.ts';
import { judgeRecorded } from './recordings.ts';

/** How a case stands on recorded answers of OpenAI. */
export interface Calibration {
  readonly capability: string;
  readonly row: Case;
  /** Recorded exchanges the case holds on. */
  readonly held: number;
  /** What was wrong with those it does not hold on. */
  readonly left: readonly string[];
  /** Of those it holds on, how many the profile `openai-spec-strict` would fail. */
  readonly strictlyLeft: number;
}

/** Holds every case against the recorded exchanges it applies to. */
export function calibrate(capabilities: readonly Capability[], recorded: readonly Observation[]): Calibration[] {
  return capabilities.flatMap(({ name, cases }) =>
    cases.map((row) => {
      const left: string[] = [];
      let held = 0;
      let strictlyLeft = 0;
      for (const seen of row.applies === undefined ? [] : recorded) {
        const wrong = findWrong(row, seen, 'openai-observed');
        if (wrong === undefined) continue;
        if (wrong !== '') {
          left.push(`${String(seen.body['model'])}: ${wrong}`);
          continue;
        }
        held += 1;
        if (findWrong(row, seen, 'openai-spec-strict') !== '') strictlyLeft += 1;
      }
      return { capability: name, row, held, left, strictlyLeft };
    }),
  );
}

/** What a recorded exchange leaves of a case, `''` when it holds, undefined when there is nothing to judge. */
function findWrong(row: Case, seen: Observation, profile: 'openai-observed' | 'openai-spec-strict') {
  const results = judgeRecorded(row, seen, profile);
  if (results === undefined) return undefined;
  const wrong = results.find(({ outcome }) => outcome !== 'held');
  return wrong === undefined ? '' : `${wrong.says}: ${wrong.got}`;
}

/** How many recorded exchanges of OpenAI are behind a case; 0 of them is `uncalibrated`. */
export function readCalibration(id: string): number | 'uncalibrated' {
  const held = (counted as Readonly<Record<string, number>>)[id] ?? 0;
  return held === 0 ? 'uncalibrated' : held;
}

/** Cases whose recorded answers leave them otherwise than the table of exceptions says, one line each. */
export function findUnexplained(calibrations: readonly Calibration[]): string[] {
  const explained = new Map(calibrationExceptions.map((one) => [one.case, one.exchanges]));
  const ids = new Set(calibrations.map(({ row }) => row.id));
  return [
    ...calibrations
      .filter(({ row, left }) => left.length !== (explained.get(row.id) ?? 0))
      .map(
        ({ row, left }) =>
          `${row.id}: ${left.length} recorded answers leave it, ${explained.get(row.id) ?? 0} are explained: ${left[0] ?? 'it healed, so take the exception out'}`,
      ),
    ...[...explained.keys()]
      .filter((id) => !ids.has(id))
      .map((id) => `${id}: an exception for a case that is not there`),
  ];
}

/** Writes the numbers that runs read. */
export function writeCalibrationNumbers(calibrations: readonly Calibration[]): string {
  const numbers = calibrations.filter(({ held }) => held > 0).map(({ row, held }) => [row.id, held] as const);
  return `${JSON.stringify(Object.fromEntries(numbers), null, 2)}\n`;
}

/** Writes CALIBRATION.md. */
export function writeCalibration(calibrations: readonly Calibration[], exchanges: number): string {
  const wire = calibrations.filter(({ row }) => row.kind === 'wire' && row.untested === undefined);
  const calibrated = wire.filter(({ held }) => held > 0);
  const lines = calibrations.map(
    ({ row, held, left, strictlyLeft }) =>
      `| ${row.id} | ${row.level} | ${row.kind} | ${describeCount(row, held)} | ${left.length} | ${strictlyLeft} | ${row.title.replaceAll('|', '\\|')} |`,
  );
  return [
    '# Calibration of the conformance cases',
    '',
    'Written by `npm run calibrate` from the recorded traffic with OpenAI beside the checkout; do not edit.',
    '',
    `Each case is held against every recorded exchange of OpenAI it applies to (${exchanges} raw exchanges with known requests). \`n\` is how many it holds on.`,
    'A wire case with none behind it is `uncalibrated`: it warns and never fails an endpoint. `left` are recorded answers that do not keep to the case, each explained below.',
    '`strict` are those among `n` that only the profile `openai-spec-strict` fails, for what OpenAI itself does not do to the letter of its schema.',
    '',
    `${calibrated.length} of ${wire.length} wire cases that can be asked are calibrated; ${wire.filter(({ row }) => row.level === 'must').filter(({ held }) => held > 0).length} of ${wire.filter(({ row }) => row.level === 'must').length} at must-level.`,
    '',
    '| case | level | kind | n | left | strict | claim |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    '## Exceptions',
    '',
    '| case | exchanges | why the case stands |',
    '| --- | --- | --- |',
    ...calibrationExceptions.map((one) => `| ${one.case} | ${one.exchanges} | ${one.reason} |`),
    '',
  ].join('\n');
}

function describeCount({ kind, untested }: Case, held: number): string {
  if (held > 0) return String(held);
  if (untested !== undefined) return 'untested';
  return kind === 'model' ? '0' : 'uncalibrated';
}
