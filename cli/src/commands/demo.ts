import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planMigration } from '@migrate-llm/codemods';
import {
  compare,
  createCandidate,
  describeEvidence,
  exitCodeOf,
  faults,
  findFault,
  formatReport,
  readRecording,
  startFaulty,
  type Fault,
  type ParityReport,
} from '@migrate-llm/compat-tests';
import { EmbeddedEngineError, startEmbedded, type EmbeddedServer } from '@migrate-llm/compat-tests/embedded';
import { valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { runApp, runTests, type Outcome } from '../demo/app.ts';
import { openStage, type Stage } from '../demo/stage.ts';
import { writeDiff } from '../diff.ts';
import { readTexts } from '../files.ts';
import { openFolder } from '../folder.ts';
import { catchInterrupts } from '../interrupt.ts';
import { writeCounts } from '../reports/text.ts';
import { undoRuns, writeRun } from '../run.ts';
import type { Terminal } from '../terminal.ts';
import { count, findNearest } from '../word.ts';

const steps = 6;
/** The engine asks for a key, so that the recorded answer to a wrong one can be compared too. */
const engineKey = 'demo-key';

/** Migrates the bundled example, runs it on the embedded engine, compares it with its recorded traffic, and takes everything back. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const fault = readFault(valueOf(args, 'break'));
  const started = Date.now();
  const { colors, out } = terminal;
  const step = (number: number, text: string) => out(`\n${colors.bold(`${number}/${steps}`)} ${text}\n`);
  const say = (text: string) => out(text.replaceAll(/^(?=.)/gm, '    '));
  return catchInterrupts(async (signal) => {
    const stage = openStage();
    let server: EmbeddedServer | undefined;
    try {
      out(`${colors.bold('migrate-llm demo')} ${colors.dim(`in ${stage.app}, offline`)}\n`);
      const hash = stage.hash();

      step(1, 'Migrate the support desk, an app on the openai SDK');
      const done = await migrate(stage, terminal, say);

      step(2, "Run the app's own tests, with its mocks of the SDK");
      const tests = expectGood(await runTests(stage.app, {}, signal), "the app's tests fail after the migration");
      say(`${/Tests\s+(.*)/.exec(tests.stdout)?.[1]?.trim() ?? 'they pass'}\n`);

      step(3, 'Start the embedded Llama engine (a real llama.cpp, with a tiny generated model)');
      server = await startEngine(signal);
      say(`${server.modelId} at ${server.url}, speaking llama-server's wire as it is\n`);

      step(4, 'Run the migrated app on it, through the shim');
      const target = { dialect: 'llama.cpp', baseURL: server.url, apiKeyEnv: 'ENGINE_KEY' };
      const config = join(stage.app, 'migrate-llm.config.json');
      writeFileSync(config, `${JSON.stringify({ target: 'local', targets: { local: target } }, null, 2)}\n`);
      const app = expectGood(
        await runApp(stage.app, 'data/tickets/lost-parcel.txt', { ENGINE_KEY: engineKey }, signal),
        'the migrated app fails on the embedded engine',
      );
      say(app.stdout);
      const notes = app.stderr.split('\n').filter((line) => line.includes('migrate-llm'));
      say(
        colors.dim(`${notes.length === 0 ? 'The shim had nothing to say.' : `The shim said:\n${notes.join('\n')}`}\n`),
      );

      step(
        5,
        fault === undefined
          ? 'Ask its recorded OpenAI traffic again, and compare'
          : `The same on an endpoint broken on purpose: it ${fault.summary}`,
      );
      const report = await checkParity(stage, server.url, fault);
      say(formatReport(report, { color: colors.isColorSupported }));

      step(6, 'Undo');
      rmSync(config);
      await undoRuns(done.home, [done.id], signal);
      if (stage.hash() !== hash) throw new Error('undo did not restore the example byte for byte');
      say('every byte of the example is as it was\n');

      const took = ((Date.now() - started) / 1000).toFixed(1);
      out(`\n${closing(report, done.summary, fault, terminal)}${colors.dim(`Done in ${took} s.`)}\n`);
      return exitCodeOf(report.verdict);
    } finally {
      await server?.close();
      stage.remove();
    }
  });
}

function readFault(id: string | undefined): Fault | undefined {
  if (id === undefined) return undefined;
  const fault = findFault(id);
  if (fault !== undefined) return fault;
  const known = faults.map((one) => one.id);
  const near = findNearest(id, known);
  throw new CliError(
    `there is no fault "${id}"${near === undefined ? '' : `; did you mean ${near}?`} Give one of ${known.join(', ')}`,
  );
}

async function migrate(
  stage: Stage,
  terminal: Terminal,
  say: (text: string) => void,
): Promise<{ home: string; id: string; summary: string }> {
  const folder = openFolder(stage.app, terminal);
  const plan = planMigration({ files: readTexts(folder).files });
  for (const change of plan.changes) say(writeDiff(change, { colors: terminal.colors, visible: terminal.screen }));
  const { id, written, broken } = await writeRun({ folder, changes: plan.changes, verify: () => [] });
  const again = planMigration({ files: readTexts(folder).files });
  if (id === undefined || broken.length > 0 || again.changes.length > 0)
    throw new Error('the example was not migrated cleanly');
  say(`\n${writeCounts(plan)}; a second run changes nothing\n`);
  const lines = plan.changes.flatMap(({ edits }) => edits).length;
  return {
    home: folder.home,
    id,
    summary: `${count(written.length, 'file')} changed by ${count(lines, 'edit')}, ${count(plan.findings.length, 'touchpoint')} found`,
  };
}

async function startEngine(signal: AbortSignal): Promise<EmbeddedServer> {
  try {
    return await startEmbedded({ signal, apiKey: engineKey });
  } catch (error) {
    if (error instanceof EmbeddedEngineError) throw new CliError(error.message);
    throw error;
  }
}

async function checkParity(stage: Stage, url: string, fault: Fault | undefined): Promise<ParityReport> {
  const recordings = await readRecording(stage.recording);
  const faulty = fault === undefined ? undefined : await startFaulty({ upstream: url, fault });
  try {
    const candidate = createCandidate({
      name:
        fault === undefined
          ? 'the embedded engine, through the shim'
          : `the embedded engine with ${fault.id}, through the shim`,
      target: { dialect: 'llama.cpp', baseURL: faulty?.baseURL ?? url, apiKey: engineKey },
      policy: 'silent',
    });
    return await compare({ recordings, candidate });
  } finally {
    await faulty?.close();
  }
}

function expectGood(outcome: Outcome, what: string): Outcome {
  if (outcome.code === 0) return outcome;
  throw new CliError(`${what} (exit code ${outcome.code}):\n${outcome.stdout}${outcome.stderr}`);
}

function closing(report: ParityReport, summary: string, fault: Fault | undefined, { colors }: Terminal): string {
  const paint = report.verdict === 'WIRE-SAFE' ? colors.green : colors.red;
  return [
    `${colors.bold('Diff')}     ${summary}`,
    `${colors.bold('Evidence')} ${describeEvidence(report.evidence)}`,
    `${colors.bold('Verdict')}  ${paint(colors.bold(report.verdict))}: ${report.reason}${fault === undefined ? '' : ` (broken on purpose: ${fault.id})`}`,
    '',
    'Next:',
    '  npx migrate-llm path/to/your/repo              the plan and the diff; writes nothing',
    '  npx migrate-llm path/to/your/repo --write      writes it; migrate-llm undo takes it back',
    '  npx migrate-llm serve --embedded               this engine, to point your app at',
    '',
    '',
  ].join('\n');
}
