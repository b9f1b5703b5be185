import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const bin = here('../../cli/bin/migrate-llm.js');
const jscodeshift = createRequire(import.meta.url).resolve('jscodeshift/bin/jscodeshift.js');

/** The median of some runs. */
interface Measured {
  readonly seconds: number;
  /** CPU of the process itself and of the children it waited for, in seconds: less moved by neighbours than wall time. */
  readonly cpu: number;
  /** Peak resident memory of the process itself in MB, without its children. */
  readonly peakMb: number;
}

type Command = (folder: string) => readonly string[];

/** The contenders: each reads the folder from disk in a process of its own and writes nothing. */
const contenders: ReadonlyArray<{ readonly name: string; readonly command: Command }> = [
  { name: 'migrate-llm, whole plan', command: (folder) => [bin, folder, '--json', '--allow-unparsed'] },
  { name: 'ast-grep, full scan', command: (folder) => [here('ast-grep.mjs'), folder] },
  {
    name: 'jscodeshift, guarded swap',
    command: (folder) => [
      jscodeshift,
      '--dry',
      '--silent',
      '--parser=tsx',
      '--extensions=ts,tsx,js,jsx,mjs,cjs,mts,cts',
      '--gitignore',
      `--transform=${here('guarded.cjs')}`,
      folder,
    ],
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' } },
});
const given = positionals[0];
if (given === undefined) {
  console.error('npm run bench:codemods -- <folder> [--runs 3]   (a git checkout of some thousand files)');
  process.exitCode = 2;
} else runAll(resolve(given), Number(values.runs));

function runAll(folder: string, runs: number): void {
  const place = mkdtempSync(join(tmpdir(), 'migrate-llm-bench-'));
  try {
    const files = listCode(folder);
    console.log(`${files.length} code files, ${runs} runs each, taken in turns; medians.\n`);
    const times = measureInTurns(
      contenders.map(({ command }) => command(folder)),
      runs,
      place,
    );
    const base = times[0] as Measured;
    console.log(
      '| | wall s | CPU s | wall, times ours | CPU, times ours | peak MB |\n| --- | --- | --- | --- | --- | --- |',
    );
    for (const [index, { name }] of contenders.entries()) {
      const one = times[index] as Measured;
      const ratios = `${(one.seconds / base.seconds).toFixed(2)} | ${(one.cpu / base.cpu).toFixed(2)}`;
      console.log(
        `| ${name} | ${one.seconds.toFixed(2)} | ${one.cpu.toFixed(2)} | ${ratios} | ${one.peakMb.toFixed(0)} |`,
      );
    }

    const shares = [0, 0.25, 0.5, 1];
    const subsets = shares.map((share) => makeSubset(folder, files, share, join(place, `share-${share}`)));
    const plan = (subset: string): readonly string[] => (contenders[0] as (typeof contenders)[number]).command(subset);
    const grown = measureInTurns(subsets.map(plan), runs, place);
    const start = (grown[0] as Measured).cpu;
    console.log(
      '\n| code files | wall s | CPU s | CPU ms a file beyond an empty folder | peak MB |\n| --- | --- | --- | --- | --- |',
    );
    for (const [index, share] of shares.entries()) {
      const one = grown[index] as Measured;
      const size = Math.round(files.length * share);
      const each = size === 0 ? '' : (((one.cpu - start) * 1000) / size).toFixed(2);
      console.log(
        `| ${size} | ${one.seconds.toFixed(2)} | ${one.cpu.toFixed(2)} | ${each} | ${one.peakMb.toFixed(0)} |`,
      );
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Runs all commands once, then again: a slow minute of the machine then hits them all. */
function measureInTurns(commands: ReadonlyArray<readonly string[]>, runs: number, place: string): Measured[] {
  const all = commands.map((): Measured[] => []);
  for (let run = 0; run < runs; run += 1)
    for (const [index, command] of commands.entries()) all[index]?.push(measure(command, place));
  const middle = (list: readonly Measured[], of: (one: Measured) => number): number =>
    list.map(of).sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  return all.map((list) => ({
    seconds: middle(list, (one) => one.seconds),
    cpu: middle(list, (one) => one.cpu),
    peakMb: middle(list, (one) => one.peakMb),
  }));
}

function measure(command: readonly string[], place: string): Measured {
  const file = join(place, 'usage.json');
  // Written by the process itself at its end; CPU of children comes from the system's own account of them.
  const code = `import{readFileSync,writeFileSync}from'node:fs';process.on('exit',()=>{
    const ticks=readFileSync('/proc/self/stat','utf8').split(') ')[1].split(' ');
    writeFileSync(${JSON.stringify(file)},JSON.stringify({cpu:ticks.slice(11,15).reduce((sum,one)=>sum+Number(one),0)/100,peakMb:process.resourceUsage().maxRSS/1024}))})`;
  const words = ['--import', `data:text/javascript,${encodeURIComponent(code)}`, ...command];
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command.slice(0, 2).join(' ')}: exit ${status}: ${stderr.slice(-300)}`);
  const usage = JSON.parse(readFileSync(file, 'utf8')) as { cpu: number; peakMb: number };
  return { seconds, ...usage };
}

function listCode(folder: string): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return stdout.split('\0').filter((file) => /\.(?:[cm]?[jt]s|[jt]sx)$/.test(file));
}

/** A git folder with every code file whose number falls into the share, and every package.json. */
function makeSubset(folder: string, files: readonly string[], share: number, target: string): string {
  mkdirSync(target, { recursive: true });
  const chosen = files.filter((_, index) => share > 0 && Math.floor(index * share) !== Math.floor((index - 1) * share));
  for (const file of chosen) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(folder, file), join(target, file));
  }
  writeFileSync(join(target, 'package.json'), '{ "private": true, "dependencies": { "openai": "^6.0.0" } }\n');
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    ['-c', 'user.name=b', '-c', 'user.email=b@example.invalid', 'commit', '-qm', 'all'],
  ])
    spawnSync('git', words, { cwd: target });
  return target;
}
