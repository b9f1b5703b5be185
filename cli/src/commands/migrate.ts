import { relative, sep } from 'node:path';
import { planMigration, type MigrationPlan, type PlanOptions } from '@migrate-llm/codemods';
import type { Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { StoppedError } from '../disk.ts';
import { readTexts, type Unread } from '../files.ts';
import { openFolder, type Folder } from '../folder.ts';
import { listUncommitted } from '../git.ts';
import { catchInterrupts } from '../interrupt.ts';
import { findHome } from '../journal.ts';
import { proveTypes } from '../proof/type-check.ts';
import type { Proof } from '../proof/protocol.ts';
import { checkRule } from '../rule-names.ts';
import { writeCounts, writeJson, writePlan } from '../report.ts';
import { describeKilledRun, findKilledRuns, writeRun, type Broken, type RunResult } from '../run.ts';
import type { Terminal } from '../terminal.ts';
import { count, quoteShell, showName } from '../word.ts';

interface Reading {
  readonly plan: MigrationPlan;
  readonly skipped: readonly Unread[];
}

/** Plans the migration of a folder, prints it, and writes it when asked. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const has = (name: string) => args.switches.has(name);
  const [write, check, asJson] = [has('write') || has('yes'), has('check'), has('json')];
  if (write && check)
    throw new CliError('--check writes nothing, so it excludes --write and --yes; leave one of them out');
  const options = readRules(args);
  const folder = openFolder(args.words[0], terminal);
  const home = findHome(folder.path) ?? folder.home;
  const killed = findKilledRuns(home)[0];
  if (killed !== undefined) {
    if (write) throw new CliError(describeKilledRun(killed));
    terminal.err(`migrate-llm: ${describeKilledRun(killed)}\n`);
  }

  const { plan, skipped } = readWithNotice(folder, options, terminal);
  const pending = plan.changes.length > 0;
  const blocked = pending && !check && !has('allow-dirty') ? whyNotClean(folder) : undefined;
  if (write && blocked !== undefined) throw new CliError(blocked);
  const unparsed = has('allow-unparsed') ? undefined : describeUnparsed(plan);
  if (write && unparsed !== undefined) throw new CliError(unparsed);

  if (!asJson) printPlan({ plan, skipped }, folder, terminal);
  const asked =
    write ||
    (pending && !check && !asJson && blocked === undefined && unparsed === undefined && (await ask(plan, terminal)));
  if (asked === 'stopped') return 130;
  if (!asked || !pending) {
    if (asJson)
      terminal.out(writeJson({ plan, skipped }, { root: folder.path, written: [], run: null }, terminal.colors));
    else terminal.out(closingLines({ plan, skipped }, folder, { check, blocked }));
    if (unparsed !== undefined) throw new CliError(unparsed);
    return check && pending ? 1 : 0;
  }

  let result: RunResult;
  let proof: Proof | undefined;
  const verifyAll = () => {
    const broken = verify(folder, plan, options);
    if (broken.length > 0 || has('no-type-check')) return broken;
    proof = proveTypes(folder.path, plan.changes);
    return findWorse(proof, plan);
  };
  try {
    result = await catchInterrupts((signal) => writeRun({ folder, changes: plan.changes, verify: verifyAll, signal }));
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    terminal.err('migrate-llm: stopped; every file is as it was.\n');
    return 130;
  }
  if (asJson)
    terminal.out(
      writeJson(
        { plan, skipped },
        {
          root: folder.path,
          written: result.written,
          run: result.id ?? null,
          broken: result.broken,
          types: proof ?? null,
        },
        terminal.colors,
      ),
    );
  else terminal.out(writtenLines(result, proof, plan, folder, terminal));
  for (const { file, why } of result.broken)
    terminal.err(
      `migrate-llm: ${showName(file)} was put back: ${showName(why)}. This is a bug in a rule; please report it.\n`,
    );
  return result.broken.length > 0 ? 2 : 0;
}

/** A large repo takes a while; whoever watches should know at what. */
function readWithNotice(folder: Folder, options: PlanOptions, { screen, err, colors }: Terminal): Reading {
  if (screen) err(colors.dim('Reading …'));
  try {
    return read(folder, options);
  } finally {
    if (screen) err('\r\x1b[K');
  }
}

function read(folder: Folder, options: PlanOptions): Reading {
  const texts = readTexts(folder);
  const plan = planMigration({ files: texts.files, options });
  return { plan, skipped: [...plan.skipped, ...texts.unread] };
}

/** Reads the folder again after writing: nothing may be left to change, and everything written must still parse. */
function verify(folder: Folder, done: MigrationPlan, options: PlanOptions): Broken[] {
  const { plan, skipped } = read(folder, options);
  const again = new Set(plan.changes.map(({ file }) => file));
  const unread = new Map(skipped.map(({ file, why }) => [file, why]));
  return done.changes.flatMap(({ file }): Broken[] => {
    const why = unread.get(file);
    if (why !== undefined) return [{ file, why: `after writing it ${why}` }];
    return again.has(file) ? [{ file, why: 'after writing, a second run would change it again' }] : [];
  });
}

/** The files to put back for their new type errors; all of them when the error shows in a file that was not changed. */
function findWorse({ worse }: Proof, { changes }: MigrationPlan): Broken[] {
  const changed = new Set(changes.map(({ file }) => file));
  const elsewhere = worse.find(({ file }) => !changed.has(file));
  const say = ({ file, line, message }: Proof['worse'][number]) =>
    `a type error that was not there: ${file}:${line} ${message}`;
  return changes.flatMap(({ file }): Broken[] => {
    const error = worse.find((one) => one.file === file) ?? elsewhere;
    return error === undefined ? [] : [{ file, why: say(error) }];
  });
}

/** What the type-check says about the written files. */
function describeProof(proof: Proof | undefined): string {
  if (proof === undefined) return 'Types: not checked (--no-type-check).';
  const reasons =
    proof.unchecked.length === 0
      ? ''
      : `${proof.checked > 0 ? '; the rest not' : 'not'} type-checked: ${proof.unchecked.join('; ')}`;
  const checked =
    proof.checked === 0 ? '' : `no new error in ${count(proof.checked, 'file')}, checked before and after`;
  return checked + reasons === '' ? '' : `Types: ${checked}${reasons}.`;
}

function readRules(args: Args): PlanOptions {
  const list = (name: string) =>
    args.values.get(name)?.flatMap((value) => value.split(',').map((id) => checkRule(id.trim())));
  const [only, skip] = [list('only'), list('skip')];
  const rules = { ...(only === undefined ? {} : { only }), ...(skip === undefined ? {} : { skip }) };
  return {
    rules,
    upgradeSdk: args.switches.has('upgrade-sdk'),
    ...(args.switches.has('rewrite-models') ? { rewriteModels: 'config' } : {}),
  };
}

/** Why writing must wait, or undefined when git says that nothing uncommitted can be mixed up with the migration. */
function whyNotClean({ repository, path, typed }: Folder): string | undefined {
  const rest = '--allow-dirty writes all the same (migrate-llm undo restores every byte)';
  if (repository.kind === 'none') return undefined;
  if (repository.kind === 'unreadable')
    return `git cannot say whether ${typed === '.' ? 'this folder' : typed} is clean: ${repository.why}; ${rest}`;
  if (repository.ignored) return undefined;
  const names = [...new Set(listUncommitted(path))];
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).map(showName).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${count(names.length, 'uncommitted change')} in ${typed === '.' ? 'this folder' : typed} (${shown}${more}): commit or stash first, so that the migration is a diff of its own; ${rest}`;
}

/** What stands in the way when files that mention OpenAI cannot be read as code; undefined when none does. */
function describeUnparsed({ skipped }: MigrationPlan): string | undefined {
  const broken = skipped.filter((one) => one.broken);
  const [first] = broken;
  if (first === undefined) return undefined;
  const more = broken.length > 1 ? `, and so do ${broken.length - 1} more (see "Not looked into")` : '';
  return `${first.file} ${first.why}${more}: what it does with OpenAI is unknown. Mend it, or pass --allow-unparsed to migrate the rest; nothing was written`;
}

function printPlan({ plan, skipped }: Reading, folder: Folder, terminal: Terminal): void {
  const { colors } = terminal;
  const way = relative(terminal.cwd, folder.path);
  const prefix = way === '' || way.startsWith('..') ? '' : `${way.split(sep).join('/')}/`;
  const source =
    folder.repository.kind === 'git' && !folder.repository.ignored
      ? 'git'
      : 'no git: everything but node_modules and build output';
  terminal.out(
    `${colors.bold('migrate-llm')} ${showName(folder.path)} ${colors.dim(`(${count(plan.filesScanned, 'file')}, ${source})`)}\n\n`,
  );
  terminal.out(writePlan({ plan, skipped, prefix }, terminal));
}

async function ask(plan: MigrationPlan, terminal: Terminal): Promise<boolean | 'stopped'> {
  if (!terminal.interactive) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: `Write ${count(plan.changes.length, 'file')}? (undo takes it back)`,
    initialValue: false,
    input: terminal.input,
    output: terminal.output,
  });
  if (!isCancel(answer)) return answer;
  terminal.err('migrate-llm: stopped; nothing was written.\n');
  return 'stopped';
}

function closingLines(
  { plan, skipped }: Reading,
  folder: Folder,
  { check, blocked }: { check: boolean; blocked: string | undefined },
): string {
  const command = ['migrate-llm', ...(folder.typed === '.' ? [] : [quoteShell(folder.typed)])].join(' ');
  if (plan.findings.length === 0) {
    const unknown =
      skipped.length > 0 ? `, except in the ${count(skipped.length, 'file')} above that could not be looked into` : '';
    return `Nothing of OpenAI was found in ${count(plan.filesScanned, 'file')}${unknown}.\n`;
  }
  const counts = `${writeCounts(plan)}.`;
  if (plan.changes.length === 0) return `Nothing to do: ${counts}\n`;
  if (check) return `Pending: ${counts}\nNext: ${command} --write\n`;
  if (blocked !== undefined) return `${counts}\nNothing written: ${showName(blocked)}.\nThen: ${command} --write\n`;
  const undo = folder.repository.kind === 'git' ? '' : ' There is no git here; migrate-llm undo restores every byte.';
  return `${counts}\nNothing written; run with --write.${undo}\nNext: ${command} --write\n`;
}

function writtenLines(
  { written, id }: RunResult,
  proof: Proof | undefined,
  plan: MigrationPlan,
  folder: Folder,
  { colors }: Terminal,
): string {
  if (id === undefined) return '';
  const place = folder.typed === '.' ? '' : ` ${quoteShell(folder.typed)}`;
  const manual = plan.findings.filter(({ action }) => action === 'manual').length;
  const tasks = [
    ...new Set(
      plan.findings
        .filter(({ action, fix, file }) => action === 'rewrite' && fix !== '' && written.includes(file))
        .map(({ fix }) => fix),
    ),
  ];
  return [
    `${colors.green('Written:')} ${count(written.length, 'file')}; read again, parsed, and a second run would change nothing.`,
    ...[describeProof(proof)].filter((line) => line !== ''),
    ...(manual > 0
      ? [
          `${colors.yellow(`${manual} ${manual === 1 ? 'touchpoint needs' : 'touchpoints need'} you`)}: see "Needs you" above.`,
        ]
      : []),
    ...tasks.map((task) => `Next: ${showName(task)}`),
    `Next: migrate-llm doctor${place}   (says where the calls go now)`,
    `Undo: migrate-llm undo${place}`,
    '',
  ].join('\n');
}
