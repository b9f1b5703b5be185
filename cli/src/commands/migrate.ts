import { writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { planMigration, type MigrationPlan } from '@migrate-llm/codemods';
import type { Args } from '../args.ts';
import { compareBaseline, isUse, writeBaseline } from '../baseline.ts';
import { CliError, describeSystemError } from '../cli-error.ts';
import { closingLines, commandFor, listFindings, writtenLines } from '../closing.ts';
import { StoppedError } from '../disk.ts';
import { readTexts } from '../files.ts';
import { openFolder, type Folder } from '../folder.ts';
import { listUncommitted } from '../git.ts';
import { chooseHunks, type Choice } from '../hunks.ts';
import { catchInterrupts } from '../interrupt.ts';
import { findHome } from '../journal.ts';
import { openProgress, type Progress } from '../progress.ts';
import { proveTypes } from '../proof/type-check.ts';
import type { Proof } from '../proof/protocol.ts';
import { writeReport } from '../reports/formats.ts';
import type { Outcome, Report } from '../reports/report.ts';
import { writePlan } from '../reports/text.ts';
import { readRequest, type Request } from '../request.ts';
import { describeKilledRun, findKilledRuns, writeRun, type RunResult } from '../run.ts';
import { applyScope, readScope, type Scope, type ScopedPlan } from '../scope.ts';
import { splitPlan, writeParts } from '../split.ts';
import type { Terminal } from '../terminal.ts';
import { findBroken, findWorse } from '../verify.ts';
import { count, quoteShell, showName } from '../word.ts';

/** Files between two lines of progress: writing to a terminal takes time of its own. */
const filesAStep = 250;

/** Plans the migration of a folder, prints it, and writes it when asked. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const request = readRequest(args);
  const { write, interactive, check } = request;
  if (interactive && !terminal.interactive)
    throw new CliError('--interactive asks about each change, and there is no terminal to ask on; use --write');
  const folder = openFolder(args.words[0], terminal);
  const scope = readScope(args, folder);
  const home = findHome(folder.path) ?? folder.home;
  const killed = findKilledRuns(home)[0];
  if (killed !== undefined) {
    if (write || interactive) throw new CliError(describeKilledRun(killed));
    terminal.err(`migrate-llm: ${describeKilledRun(killed)}\n`);
  }

  const progress = openProgress(terminal);
  const { plan, skipped, warnings } = read(folder, scope, progress);
  const report: Report = {
    plan,
    skipped,
    root: folder.path,
    today: new Date().toISOString().slice(0, 10),
    target: request.target,
  };
  for (const warning of warnings) terminal.err(`migrate-llm: ${showName(warning)}\n`);
  if (request.baseline !== undefined) return checkBaseline(request, request.baseline, report, folder, terminal);
  if (request.split !== undefined) return writeSplit(request, report, folder, terminal);
  if (scope.ids !== undefined && check) return checkFindings(plan, terminal);

  const pending = plan.changes.length > 0;
  const blocked = pending && !check && !request.allowDirty ? whyNotClean(folder) : undefined;
  if ((write || interactive) && blocked !== undefined) throw new CliError(blocked);
  const unparsed = request.allowUnparsed ? undefined : describeUnparsed(plan);
  if ((write || interactive) && unparsed !== undefined) throw new CliError(unparsed);

  const toTerminal = request.format === 'text' && request.out === undefined;
  if (toTerminal && !interactive) printPlan(report, folder, terminal);
  const canAsk = toTerminal && pending && !check && blocked === undefined && unparsed === undefined;
  const choice = await choose(request, plan, canAsk, terminal);
  if (choice === 'stopped') {
    terminal.err('migrate-llm: stopped; nothing was written.\n');
    return 130;
  }
  if (choice.changes.length === 0) {
    if (!toTerminal) giveReport(request, report, terminal);
    if (interactive)
      terminal.out(
        pending ? 'Nothing written: every change was left out.\n' : closingLines(report, folder, { check, blocked }),
      );
    else if (toTerminal || request.out !== undefined) terminal.out(closingLines(report, folder, { check, blocked }));
    if (unparsed !== undefined) throw new CliError(unparsed);
    return check && pending ? 1 : 0;
  }
  return writeChoice(request, choice, { report, folder, scope, progress, toTerminal }, terminal);
}

/** What will be written: all, nothing, or what somebody chooses. */
async function choose(
  { write, interactive }: Request,
  plan: MigrationPlan,
  canAsk: boolean,
  terminal: Terminal,
): Promise<Choice | 'stopped'> {
  const [all, nothing] = [
    { changes: plan.changes, whole: true },
    { changes: [], whole: true },
  ];
  if (interactive) return chooseHunks(plan.changes, terminal);
  if (write) return all;
  if (!canAsk) return nothing;
  const answer = await ask(plan, terminal);
  return answer === 'stopped' ? answer : answer ? all : nothing;
}

interface Work {
  readonly report: Report;
  readonly folder: Folder;
  readonly scope: Scope;
  readonly progress: Progress;
  readonly toTerminal: boolean;
}

async function writeChoice(request: Request, choice: Choice, work: Work, terminal: Terminal): Promise<number> {
  const { report, folder, scope, progress, toTerminal } = work;
  const { changes, whole } = choice;
  let types: Proof | undefined;
  const verify = () => {
    const after = read(folder, withoutMarks(scope), progress);
    const broken = findBroken(changes, { changes: after.plan.changes, skipped: after.skipped }, whole);
    if (broken.length > 0 || !request.typeCheck) return broken;
    progress.say('Type-checking before and after …');
    types = proveTypes(folder.path, changes);
    progress.end();
    return findWorse(types, changes);
  };
  let result: RunResult;
  try {
    result = await catchInterrupts((signal) => writeRun({ folder, changes, verify, signal }));
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    terminal.err('migrate-llm: stopped; every file is as it was.\n');
    return 130;
  }
  const outcome: Outcome = { ...result, types };
  if (!toTerminal) giveReport(request, { ...report, outcome }, terminal);
  if (toTerminal || request.out !== undefined) terminal.out(writtenLines(report, outcome, whole, folder, terminal));
  for (const { file, why } of result.broken)
    terminal.err(
      `migrate-llm: ${showName(file)} was put back: ${showName(why)}. This is a bug in a rule; please report it.\n`,
    );
  return result.broken.length > 0 ? 2 : 0;
}

/** Marks name findings of the code as it was; where another rule has rewritten it, the next run sets them right. */
function withoutMarks(scope: Scope): Scope {
  const { rules } = scope.options;
  return { ...scope, options: { ...scope.options, rules: { ...rules, skip: [...(rules?.skip ?? []), 'mark'] } } };
}

/** Part by which V8 may let its heap grow before it looks for what is no longer used. */
const heapGrowth = '--heap-growing-percent=20';

/** Reads the folder and plans it. A large one takes a while; whoever watches should know at what. */
function read(folder: Folder, scope: Scope, progress: Progress): ScopedPlan {
  // Parsed files are let go a few at a time; left to itself, V8 gathers several times of what is in use before it clears them away.
  setFlagsFromString(heapGrowth);
  try {
    progress.say('Reading …');
    const texts = readTexts(folder, (done, total) => {
      if (done > 0 && done % filesAStep === 0) progress.say(`Reading ${done} of ${count(total, 'file')} …`);
    });
    const plan = planMigration({
      files: texts.files,
      options: {
        ...scope.options,
        onStep: ({ name, done, total }) =>
          progress.say(name === 'code' ? 'Following the clients …' : `Rule ${done} of ${total - 1}: ${name} …`),
      },
    });
    return applyScope(plan, [...plan.skipped, ...texts.unread], scope);
  } finally {
    progress.end();
  }
}

/** Gives a report to a file or to stdout. */
function giveReport({ format, out }: Request, report: Report, { cwd, out: print }: Terminal): void {
  const text = writeReport(format, report);
  if (out === undefined) {
    print(text);
    return;
  }
  try {
    writeFileSync(resolve(cwd, out), text);
  } catch (error) {
    throw new CliError(`${out} cannot be written: ${describeSystemError(error)}`);
  }
  print(`Report (${format}): ${showName(out)}\n`);
}

function checkBaseline(request: Request, typed: string, report: Report, folder: Folder, terminal: Terminal): number {
  const path = resolve(terminal.cwd, typed);
  const { findings } = report.plan;
  const { colors } = terminal;
  if (request.updateBaseline) {
    const uses = writeBaseline(path, typed, findings);
    terminal.out(`${colors.green('Baseline:')} ${showName(typed)} holds ${count(uses, 'use')} of OpenAI.\n`);
    return 0;
  }
  const { added, gone } = compareBaseline(path, typed, findings, folder.path);
  const shown = { ...report, plan: { ...report.plan, findings: added } };
  if (request.format !== 'text' || request.out !== undefined) giveReport(request, shown, terminal);
  else {
    if (added.length > 0) terminal.out(`${colors.red(`New use of OpenAI (${added.length})`)}\n${listFindings(added)}`);
    const rest =
      gone === 0
        ? ''
        : ` ${count(gone, 'use')} of the baseline ${gone === 1 ? 'is' : 'are'} gone: --update-baseline holds it there.`;
    terminal.out(
      added.length > 0
        ? `Move ${added.length === 1 ? 'it' : 'them'}: ${commandFor(folder)} --write; or accept: --update-baseline.${rest}\n`
        : `No new use of OpenAI; ${count(findings.filter(isUse).length, 'known one')}.${rest}\n`,
    );
  }
  return added.length > 0 ? 1 : 0;
}

/** Whether the touchpoints that `--finding` names are done. */
function checkFindings({ findings }: MigrationPlan, terminal: Terminal): number {
  const open = findings.filter(({ action, fix }) => action !== 'leave' || fix !== '');
  terminal.out(open.length === 0 ? 'Done: nothing of this is left.\n' : `Still there:\n${listFindings(open)}`);
  return open.length === 0 ? 0 : 1;
}

function writeSplit({ split, out }: Request, { plan }: Report, folder: Folder, terminal: Terminal): number {
  if (split === undefined || out === undefined) return 2;
  const parts = splitPlan(plan, folder, split);
  if (parts.length === 0) {
    terminal.out('Nothing to split: no file changes.\n');
    return 0;
  }
  writeParts(parts, terminal.cwd, out);
  const lines = parts.map(({ name, for: owner, changes, needs }) => {
    const after = needs.length === 0 ? '' : `, after ${needs.join(', ')} (its package.json)`;
    return `  ${name}  ${showName(owner)}: ${count(changes.length, 'file')}${after}\n`;
  });
  const where = folder.typed === '.' ? 'here' : `in ${quoteShell(folder.typed)}`;
  terminal.out(
    `${count(parts.length, 'patch', 'patches')} in ${showName(out)}; nothing else was written.\n${lines.join('')}`,
  );
  terminal.out(`Next: git apply <patch> ${where}, one branch each; they touch different files.\n`);
  return 0;
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

function printPlan(report: Report, folder: Folder, terminal: Terminal): void {
  const { colors } = terminal;
  const way = relative(terminal.cwd, folder.path);
  const prefix = way === '' || way.startsWith('..') ? '' : `${way.split(sep).join('/')}/`;
  const source =
    folder.repository.kind === 'git' && !folder.repository.ignored
      ? 'git'
      : 'no git: everything but node_modules and build output';
  terminal.out(
    `${colors.bold('migrate-llm')} ${showName(folder.path)} ${colors.dim(`(${count(report.plan.filesScanned, 'file')}, ${source})`)}\n\n`,
  );
  terminal.out(writePlan(report, prefix, terminal));
}

async function ask(plan: MigrationPlan, terminal: Terminal): Promise<boolean | 'stopped'> {
  if (!terminal.interactive) return false;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: `Write ${count(plan.changes.length, 'file')}? (undo takes it back; --interactive asks one by one)`,
    initialValue: false,
    input: terminal.input,
    output: terminal.output,
  });
  return isCancel(answer) ? 'stopped' : answer;
}
