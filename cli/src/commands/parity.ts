import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Candidate,
  CandidateError,
  createCandidate,
  estimateCost,
  exitCodeOf,
  findBreaches,
  type Gate,
  GateError,
  openTraffic,
  parseGate,
  type ParityReport,
  readTaskChecks,
  RecordingError,
  ResultsError,
  runParity,
  summariseResults,
  TaskCheckError,
  type TaskCheck,
  type Traffic,
  type TrafficChoice,
  writeParity,
} from '@migrate-llm/compat-tests';
import { ShimConfigError } from '@migrate-llm/shim/fetch';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError, describeSystemError } from '../cli-error.ts';
import { refuseClosedEndpoint } from '../doctor/endpoint.ts';
import { catchInterrupts } from '../interrupt.ts';
import { listRoutes, type TargetReport } from '../parity/routes.ts';
import { checkOutput, writeReport } from '../output.ts';
import { openProgress } from '../progress.ts';
import { readTarget } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';

const outputs = ['json', 'html', 'junit', 'markdown'] as const;

/** Asks recorded OpenAI traffic again at the configured endpoint, and says what would break. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const files = readOutputs(args, terminal);
  const gate = readGate(args, terminal);
  const merged = args.values.get('merge');
  if (merged !== undefined) {
    const paths = merged.map((file) => resolve(terminal.cwd, file));
    return finish(
      await guard(() => summariseResults(paths, gate === undefined ? {} : { rules: gate.rules })),
      files,
      gate,
      terminal,
    );
  }
  const targets = valueOf(args, 'targets')?.split(',').filter(Boolean);
  if (targets !== undefined && valueOf(args, 'target') !== undefined)
    throw new CliError('--target and --targets are both given; give one');
  if (targets !== undefined && valueOf(args, 'results') !== undefined)
    throw new CliError('--results is for one target; leave it out with --targets');
  const route = targets === undefined ? undefined : readRoute(args, terminal);
  const traffic = await guard(() => openTraffic(readTrafficPath(args, terminal)));
  try {
    const tasks = await readTasks(args, terminal);
    const choice = readChoice(args);
    await checkCeilings(args, traffic, choice);
    const reports: TargetReport[] = [];
    for (const target of targets ?? [valueOf(args, 'target')]) {
      const report = await runTarget(args, terminal, { traffic, choice, target, tasks, gate });
      if (report === undefined) return 2;
      reports.push({ target: target ?? '', report });
    }
    const [first] = reports;
    if (targets === undefined && first !== undefined) return finish(first.report, files, gate, terminal);
    return finishTargets(reports, route, terminal);
  } finally {
    await traffic.close();
  }
}

interface TargetRun {
  readonly traffic: Traffic;
  readonly choice: TrafficChoice;
  readonly target: string | undefined;
  readonly tasks: readonly TaskCheck[];
  readonly gate: Gate | undefined;
}

/** Runs the traffic on one target; `undefined` when somebody stopped it. */
async function runTarget(args: Args, terminal: Terminal, plan: TargetRun): Promise<ParityReport | undefined> {
  const { traffic, choice, target, tasks, gate } = plan;
  const timeout = readNumber(args, 'timeout', 1, 3_600);
  const lanes = readNumber(args, 'lanes', 1, 64);
  openCandidate(target);
  await refuseClosedEndpoint(target);
  const named = valueOf(args, 'results');
  const folder = named === undefined ? mkdtempSync(join(tmpdir(), 'migrate-llm-parity-')) : undefined;
  const output = folder === undefined ? resolve(terminal.cwd, named ?? '') : join(folder, 'results.jsonl');
  const startedAt = new Date();
  const progress = openProgress(terminal);
  try {
    return await catchInterrupts(async (signal) => {
      const outcome = await guard(() =>
        runParity({
          traffic,
          openCandidate: () => openCandidate(target),
          output,
          tasks,
          signal,
          freeRunning: args.switches.has('free-running'),
          ...choice,
          ...(lanes === undefined ? {} : { lanes }),
          ...(timeout === undefined ? {} : { timeoutMs: timeout * 1_000 }),
          onProgress: ({ done, total, result }) => progress.say(`${done}/${total} ${showName(result.callSite)}`),
        }),
      );
      progress.end();
      if (outcome.resumed > 0)
        terminal.err(`migrate-llm: went on after ${count(outcome.resumed, 'result')} in ${named}\n`);
      if (outcome.isCutOff) {
        terminal.err(
          named === undefined
            ? 'migrate-llm: stopped; with --results <file> a run goes on where it was stopped\n'
            : `migrate-llm: stopped; the same command goes on from ${named}\n`,
        );
        return undefined;
      }
      return guard(() =>
        summariseResults([output], {
          startedAt,
          durationMs: Date.now() - startedAt.getTime(),
          ...(gate === undefined ? {} : { rules: gate.rules }),
        }),
      );
    });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that is too large says so before it asks anything. */
async function checkCeilings(args: Args, traffic: Traffic, choice: TrafficChoice): Promise<void> {
  const most = { requests: readNumber(args, 'max-requests', 1, 1e9), tokens: readNumber(args, 'max-tokens', 1, 1e12) };
  if (most.requests === undefined && most.tokens === undefined) return;
  const estimate = await estimateCost(traffic, choice);
  for (const what of ['requests', 'tokens'] as const) {
    const ceiling = most[what];
    if (ceiling !== undefined && estimate[what] > ceiling)
      throw new CliError(
        `this asks ${estimate.requests} requests of about ${estimate.tokens} tokens, and --max-${what} is ${ceiling}; nothing was asked. Take fewer with --sample <n>, or raise it`,
      );
  }
}

function readChoice(args: Args): TrafficChoice {
  const sample = readNumber(args, 'sample', 1, 1e9);
  const seed = readNumber(args, 'seed', 0, 2 ** 32);
  const text = valueOf(args, 'shard');
  const [, index, of] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text ?? '') ?? [];
  if (text !== undefined && (index === undefined || Number(index) > Number(of)))
    throw new CliError(`--shard is "${text}"; give part and parts, e.g. 2/8`);
  if (text !== undefined && valueOf(args, 'results') === undefined)
    throw new CliError(
      '--shard needs --results <file>: its results are merged with those of the other shards (--merge)',
    );
  return {
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
    ...(index === undefined ? {} : { shard: { index: Number(index), count: Number(of) } }),
  };
}

function finish(
  report: ParityReport,
  files: ReadonlyMap<(typeof outputs)[number], { readonly path: string; readonly shown: string }>,
  gate: Gate | undefined,
  { out, err, colors }: Terminal,
): number {
  const printed = [...files].find(([, { shown }]) => shown === '-');
  out(
    printed === undefined
      ? writeParity('text', report, { color: colors.isColorSupported })
      : writeParity(printed[0], report),
  );
  for (const [format, { path, shown }] of files) {
    if (shown !== '-') writeReport(path, shown, writeParity(format, report));
  }
  if (gate === undefined) return exitCodeOf(report.verdict);
  const breaches = findBreaches(report, gate);
  for (const breach of breaches) err(`migrate-llm: gate: ${breach}\n`);
  if (breaches.length === 0) return 0;
  return report.verdict === 'INCONCLUSIVE' ? 3 : 1;
}

function finishTargets(reports: readonly TargetReport[], file: string | undefined, { out, colors }: Terminal): number {
  const { route, lines } = listRoutes(reports);
  for (const { target, report } of reports) out(`${colors.bold(target)}  ${report.verdict}: ${report.reason}.\n`);
  out(`\n${lines.map((line) => `  ${line}\n`).join('')}`);
  const text = `${JSON.stringify({ route }, null, 2)}\n`;
  if (route.length === 0) return reports.some(({ report }) => report.verdict === 'INCONCLUSIVE') ? 3 : 1;
  if (file === undefined) out(`\nThe route, for migrate-llm.config.json (--route <file> writes it):\n${text}`);
  else writeFileSync(file, text);
  return 0;
}

function readOutputs(args: Args, { cwd }: Terminal): Map<(typeof outputs)[number], { path: string; shown: string }> {
  const files = new Map<(typeof outputs)[number], { path: string; shown: string }>();
  for (const format of outputs) {
    const shown = valueOf(args, format);
    if (shown === undefined) continue;
    files.set(format, { shown, path: shown === '-' ? '' : checkOutput(resolve(cwd, shown), `--${format} ${shown}`) });
  }
  if ([...files.values()].filter(({ shown }) => shown === '-').length > 1)
    throw new CliError('only one report can be printed; give the others a file');
  return files;
}

function readRoute(args: Args, { cwd }: Terminal): string | undefined {
  const shown = valueOf(args, 'route');
  return shown === undefined ? undefined : checkOutput(resolve(cwd, shown), `--route ${shown}`);
}

function readGate(args: Args, { cwd }: Terminal): Gate | undefined {
  const file = valueOf(args, 'gate');
  if (file === undefined) return undefined;
  try {
    return parseGate(readFileSync(resolve(cwd, file), 'utf8'), file);
  } catch (error) {
    if (error instanceof GateError) throw new CliError(error.message);
    throw new CliError(`--gate ${file} cannot be read: ${describeSystemError(error)}`);
  }
}

async function readTasks(args: Args, { cwd }: Terminal): Promise<TaskCheck[]> {
  const file = valueOf(args, 'tasks');
  if (file === undefined) return [];
  const path = resolve(cwd, file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw new CliError(`--tasks ${file} is no file`);
  let module: unknown;
  try {
    module = (await import(pathToFileURL(path).href)) as unknown;
  } catch (error) {
    throw new CliError(`--tasks ${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  return guard(async () => readTaskChecks(module, file));
}

function readTrafficPath(args: Args, { cwd }: Pick<Terminal, 'cwd'>): string {
  const [traffic, recordings] = [valueOf(args, 'traffic'), valueOf(args, 'recordings')];
  if (traffic !== undefined && recordings !== undefined)
    throw new CliError('--traffic and --recordings are the same; give one');
  const file = traffic ?? recordings;
  if (file === undefined) throw new CliError('name the recorded traffic: --traffic <file.jsonl>, one exchange a line');
  return resolve(cwd, file);
}

/** Errors that say what to do become one line. */
async function guard<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RecordingError || error instanceof ResultsError || error instanceof TaskCheckError)
      throw new CliError(error.message);
    throw error;
  }
}

function openCandidate(target: string | undefined): Candidate {
  try {
    return createCandidate({ policy: 'silent', ...(target === undefined ? {} : { target: readTarget(target) }) });
  } catch (error) {
    if (error instanceof CandidateError || error instanceof ShimConfigError) throw new CliError(error.message);
    throw error;
  }
}
