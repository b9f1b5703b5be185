import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureRepo } from './repo.ts';
import { shareRewritten, showChecks, writeReport, type Outcome } from './report.ts';
import { checkSelf } from './self-check.ts';

const usage = `npm run corpus -- <folder of checkouts> [--out folder] [--only name] [--no-types]
npm run corpus -- --self-check`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    only: { type: 'string', multiple: true },
    'no-types': { type: 'boolean' },
    'self-check': { type: 'boolean' },
  },
});

if (values['self-check'] === true) {
  await checkSelf();
  console.log('self-check: the script finds, rewrites, checks and counts what it should');
} else if (positionals[0] === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else process.exitCode = await runAll(resolve(positionals[0]));

/** Measures every checkout below a folder, one after the other; one that fails is named and the next one follows. */
async function runAll(folder: string): Promise<number> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => values.only === undefined || values.only.some((part) => name.includes(part)));
  if (names.length === 0) {
    console.error(
      `${folder} holds no checkout${values.only === undefined ? '' : ` that ${values.only.join(', ')} names`}`,
    );
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const name of names) {
    process.stderr.write(`${name} … `);
    const started = performance.now();
    try {
      const result = await measureRepo(join(folder, name), { types: values['no-types'] !== true });
      outcomes.push(result);
      process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s, ${showChecks(result)}\n`);
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error);
      outcomes.push({ name, failed });
      process.stderr.write(`not measured: ${failed}\n`);
    }
    // Written anew after each repo: a long run that is stopped leaves what it has.
    if (values.out !== undefined) save(values.out, outcomes);
  }
  const report = writeReport(outcomes);
  console.log(values.out === undefined ? report : report.slice(0, report.indexOf('\n## Differences')));
  const isClean = outcomes.every((one) => !('failed' in one) && one.checks.every(({ ok }) => ok));
  return isClean && shareRewritten(outcomes) >= 0.95 ? 0 : 1;
}

function save(folder: string, outcomes: readonly Outcome[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'corpus.md'), writeReport(outcomes));
  writeFileSync(join(folder, 'corpus.json'), `${JSON.stringify(outcomes, null, 1)}\n`);
}
