import { type JunitCase, writeJunit } from '../../reports/junit.ts';
import { describeEndpoint } from '../compare.ts';
import type { CaseResult, ConformanceReport } from '../result.ts';
import { describeStanding } from './words.ts';

/** As the exit code has it: only `FAIL` counts against an endpoint, and a must-level case without an answer leaves it undecided. */
function outcomeOf({ verdict, level }: CaseResult): JunitCase['outcome'] {
  if (verdict === 'FAIL') return 'failed';
  if (verdict === 'TIMEOUT' || verdict === 'INCONCLUSIVE') return level === 'must' ? 'error' : 'skipped';
  return verdict === 'UNSUPPORTED' || verdict === 'UNTESTED' ? 'skipped' : 'passed';
}

/** Writes a report as JUnit XML: one suite a capability, one test a case. */
export function writeConformanceJunit(report: ConformanceReport): string {
  const groups = new Map<string, CaseResult[]>();
  for (const result of report.results)
    groups.set(result.capability, [...(groups.get(result.capability) ?? []), result]);
  const suites = [...groups].map(([name, results]) => ({ name, cases: results.map(writeCase) }));
  return writeJunit({
    name: `conformance: ${describeEndpoint(report)}`,
    startedAt: report.startedAt,
    suites: report.obstacle === null ? suites : [writeObstacle(report.obstacle), ...suites],
  });
}

function writeCase(result: CaseResult): JunitCase {
  const { id, capability, title, verdict, reason, fix, hurts, source, durationMs } = result;
  if (verdict === 'PASS')
    return { classname: classnameOf(capability), name: `${id} ${title}`, durationMs, outcome: 'passed' };
  return {
    classname: classnameOf(capability),
    name: `${id} ${title}`,
    durationMs,
    outcome: outcomeOf(result),
    message: `${verdict}: ${reason}`,
    details: [
      describeStanding(result),
      ...(hurts.length === 0 ? [] : [`hurts: ${hurts.join(', ')}`]),
      ...(fix === '' ? [] : [`do: ${fix}`]),
      `source: ${source}`,
    ].join('\n'),
  };
}

function classnameOf(capability: string): string {
  return `conformance.${capability.replaceAll('.', ' ')}`;
}

/** An endpoint that could not be tested must not look like one without failures. */
function writeObstacle(obstacle: string) {
  return {
    name: 'endpoint',
    cases: [
      { classname: 'conformance', name: 'can be tested', durationMs: 0, outcome: 'error' as const, message: obstacle },
    ],
  };
}
