import { isControl } from './text.ts';

/** One test of a JUnit report. */
export interface JunitCase {
  /** Group in the view of the CI, e.g. `conformance.Tools`. */
  readonly classname: string;
  readonly name: string;
  readonly durationMs: number;
  /** A `skipped` test says why; what a `passed` one says stands in its output. */
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** One line. */
  readonly message?: string;
  /** Lines below the message. */
  readonly details?: string;
}

/** A group of tests. */
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** What a whole report is made of. */
export interface JunitReport {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly suites: readonly JunitSuite[];
}

/**
 * Writes JUnit XML, as the CI systems read it.
 * Source: https://github.com/testmoapp/junitxml, checked 2026-11-25
 */
export function writeJunit({ name, startedAt, suites }: JunitReport): string {
  const all = suites.flatMap(({ cases }) => cases);
  // The format has local times without a zone; UTC is what the reports hold.
  const timestamp = startedAt.replace(/\.\d+/, '').replace(/Z$/, '');
  const parts = suites.map(
    (suite) =>
      `  <testsuite name="${xml(suite.name)}" ${sum(suite.cases)} timestamp="${xml(timestamp)}">\n${suite.cases.map(writeCase).join('')}  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(name)}" ${sum(all)}>\n${parts.join('')}</testsuites>\n`;
}

const elements = { failed: 'failure', error: 'error', skipped: 'skipped' } as const;

function writeCase({ classname, name, durationMs, outcome, message = '', details = '' }: JunitCase): string {
  const head = `    <testcase classname="${xml(classname)}" name="${xml(name)}" time="${seconds(durationMs)}"`;
  if (outcome === 'passed') {
    const output = [message, details].filter((text) => text !== '').join('\n');
    return output === '' ? `${head}/>\n` : `${head}>\n      <system-out>${xml(output)}</system-out>\n    </testcase>\n`;
  }
  const element = elements[outcome];
  const body = details === '' ? '/>' : `>${xml(details)}</${element}>`;
  return `${head}>\n      <${element} message="${xml(message)}"${body}\n    </testcase>\n`;
}

function sum(cases: readonly JunitCase[]): string {
  const count = (outcome: JunitCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const time = cases.reduce((total, { durationMs }) => total + durationMs, 0);
  return `tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds(time)}"`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML text or as a quoted attribute. XML 1.0 has no place for most control characters, not even as references. */
function xml(text: string): string {
  return [...text]
    .map((sign) => {
      if (sign === '\n') return '&#10;';
      const code = sign.codePointAt(0) ?? 0;
      const isLoneHalf = code >= 0xd800 && code <= 0xdfff;
      if (isControl(sign) || isLoneHalf || code === 0xfffe || code === 0xffff)
        return `\\u${code.toString(16).padStart(4, '0')}`;
      return entities[sign] ?? sign;
    })
    .join('');
}
