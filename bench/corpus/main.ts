import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureRepo } from './repo.ts';
import { shareRewritten, writeReport, type Outcome } from './report.ts';
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
  const outcomes: Outcome[] = [];
  for (const name of names) {
    process.stderr.write(`${name} … `);
    const started = performance.now();
    try {
      outcomes.push(await measureRepo(join(folder, name), { types: values['no-types'] !== true }));
      process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error);
      outcomes.push({ name, failed });
      process.stderr.write(`not measured: ${failed}\n`);
    }
  }
  const report = writeReport(outcomes);
  if (values.out === undefined) console.log(report);
  else {
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, 'corpus.md'), report);
    writeFileSync(join(values.out, 'corpus.json'), `${JSON.stringify(outcomes, null, 1)}\n`);
    console.log(report.slice(0, report.indexOf('\n## Differences')));
  }
  const isClean = outcomes.every((one) => !('failed' in one) && one.checks.every(({ ok }) => ok));
  return isClean && shareRewritten(outcomes) >= 0.95 ? 0 : 1;
}
