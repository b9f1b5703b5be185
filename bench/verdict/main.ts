import { writeFileSync } from 'node:fs';
import {
  level,
  simulateClustered,
  simulateGate,
  simulatePaired,
  twoErrors,
} from '../../compat-tests/src/verdict/simulation.test-candidates.ts';

// Holds the verdict against candidates whose true difference is known, and writes the table: npm run simulate

const margin = 0.05;
const [runs, clusteredRuns, resamples] = [10_000, 2_000, 1_000];
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const truth = (deficit: number): string => (deficit === 0 ? '0' : `${deficit / margin} x margin`);
const broken: string[] = [];
const check = (good: boolean, what: string): void => {
  if (!good) broken.push(what);
};

const paired = [50, 100, 200, 500, 1000, 2000].flatMap((pairs) =>
  [0.05, 0.1, 0.2].flatMap((discordance) =>
    [0, margin, 2 * margin]
      .filter((deficit) => deficit <= discordance)
      .map((deficit) => {
        const outcome = simulatePaired({ pairs, discordance, deficit, margin }, runs, pairs + discordance * 100);
        const { safe, exactSafe, covered, exactCovered } = outcome;
        const name = `${pairs} prompts, discordance ${discordance}, truth ${truth(deficit)}`;
        if (deficit > 0) check(safe <= level + twoErrors(level, runs), `${name}: wrong SAFE ${percent(safe)}`);
        check(
          Math.abs(safe - exactSafe) <= 3 * Math.max(twoErrors(exactSafe, runs) / 2, 0.0005),
          `${name}: SAFE not as computed`,
        );
        check(covered >= Math.min(0.95, exactCovered) - twoErrors(0.95, runs), `${name}: coverage ${percent(covered)}`);
        return `| ${pairs} | ${discordance} | ${truth(deficit)} | ${percent(safe)} | ${percent(exactSafe)} | ${percent(covered)} | ${percent(exactCovered)} |`;
      }),
  ),
);

const size = 4;
const clustered = [50, 100, 200, 500, 1000, 2000].flatMap((exchanges) =>
  [0, margin, 2 * margin].map((deficit) => {
    const prompts = Math.round(exchanges / size);
    const { safe, covered } = simulateClustered(
      { prompts, size, deficit, margin },
      { runs: clusteredRuns, resamples, seed: exchanges },
    );
    const name = `${exchanges} exchanges by prompt, truth ${truth(deficit)}`;
    if (deficit > 0) check(safe <= level + twoErrors(level, clusteredRuns), `${name}: wrong SAFE ${percent(safe)}`);
    check(covered >= 0.95 - twoErrors(0.95, clusteredRuns), `${name}: coverage ${percent(covered)}`);
    return `| ${exchanges} | ${prompts} | ${truth(deficit)} | ${percent(safe)} | ${percent(covered)} |`;
  }),
);

const limit = 0.9;
const gate = [0.95, 0.9, 0.85, 0.8, 0.7].map((share) => {
  const { rolledBack, median } = simulateGate({ limit, share, answers: 2000 }, share >= limit ? runs : 1000, 7);
  if (share >= limit)
    check(rolledBack <= level + twoErrors(level, runs), `gate at ${share}: rolled back ${percent(rolledBack)}`);
  return `| ${share} | ${percent(rolledBack)} | ${share >= limit ? '' : (median ?? 'never')} |`;
});

const text = `# The verdict, tested

Written by \`npm run simulate\`; a seeded part of it runs in \`npm test\`. Each row is a candidate whose true difference from the old model is known.
Margin ${percent(margin)}, risk of a wrong SAFE ${percent(level)}: at or beyond the margin SAFE is wrong, and may come up in ${percent(level + twoErrors(level, runs))} of ${runs} runs at most (two Monte Carlo standard errors).

## One answer a prompt and side: the exact paired test

\`computed\` is by exact counting. Intervals (Tango's score, 95 %) of whole numbers cannot hold the truth in exactly 95 % of all cases: where the computed coverage is below, the simulated one is held against it.

| prompts | discordant share | true deficit | SAFE | SAFE, computed | interval holds the truth | computed |
| --- | --- | --- | --- | --- | --- | --- |
${paired.join('\n')}

## Four exchanges a prompt: prompts drawn again

${clusteredRuns} runs of ${resamples} resamples; failures come by prompt (at some, either side fails in 70 % of its answers).

| exchanges | prompts | true deficit | SAFE | interval holds the truth |
| --- | --- | --- | --- | --- |
${clustered.join('\n')}

## The gate that looks after every answer

It rolls back when the share of answers that hold is shown to be below ${limit}, and looks after each of up to 2,000 answers. At ${limit} and above a rollback is wrong.

| true share | rolled back | answers until then, median |
| --- | --- | --- |
${gate.join('\n')}
`;
writeFileSync(new URL('../../compat-tests/VERDICT.md', import.meta.url), text);
for (const what of broken) console.error(`BROKEN: ${what}`);
console.log(
  `${paired.length + clustered.length + gate.length} rows written to compat-tests/VERDICT.md, ${broken.length} broken promises`,
);
process.exitCode = broken.length > 0 ? 1 : 0;
