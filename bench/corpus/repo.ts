import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { planMigration, type Finding, type MigrationPlan } from '@migrate-llm/codemods';
import { runCli, type Run } from './command.ts';
import { countFolder } from './counter/count.ts';
import { holdsCode, parseFile } from './counter/syntax.ts';
import { hashTree, listAll, readTexts, runTool, withCopy, type TextFile } from './folder.ts';
import { compareRecall, type Recall } from './recall.ts';
import { countRewritable, type Rewritable } from './rewritable.ts';

/** One thing that must hold for a repo. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What the CLI's own type-check said about the written files. */
interface Types {
  readonly checked: number;
  readonly unchecked: readonly string[];
  readonly worse: readonly unknown[];
}

/** Everything measured on one repo. */
export interface RepoResult {
  readonly name: string;
  readonly files: number;
  readonly findings: readonly Finding[];
  readonly skipped: MigrationPlan['skipped'];
  readonly changed: readonly string[];
  readonly checks: readonly Check[];
  readonly types: Types | undefined;
  readonly recall: Recall;
  readonly rewritable: Rewritable;
  readonly unparsed: readonly string[];
  readonly seconds: number;
  readonly peakMb: number;
}

interface PlanJson {
  readonly filesScanned: number;
  readonly findings: readonly Finding[];
  readonly changes: ReadonlyArray<{ readonly file: string }>;
  readonly skipped: MigrationPlan['skipped'];
  readonly types?: Types | null;
}

/** Migrates a copy of a checkout with the real CLI, takes it back, and checks every promise on the way. */
export async function measureRepo(folder: string, options: { types: boolean }): Promise<RepoResult> {
  return withCopy(folder, async (copy) => {
    const checks: Check[] = [];
    const check = (name: string, ok: boolean, detail = ''): void =>
      void checks.push({ name, ok, detail: ok ? '' : detail });
    const cli = (words: readonly string[]): Promise<Run> => runCli(words, copy, { rssFile: join(copy, '..', 'rss') });

    const before = hashTree(copy);
    const texts = readTexts(copy);
    // Files that do not parse are listed among the skipped ones, and must not keep the rest from being measured.
    const first = await cli(['--json', '--allow-unparsed']);
    check('plan', first.code === 0, `exit ${first.code}: ${first.stderr.slice(-300)}`);
    const plan = readPlan(first);

    const proof = options.types ? [] : ['--no-type-check'];
    const written = await cli(['--write', '--yes', '--json', '--allow-unparsed', ...proof]);
    check('write', written.code === 0, `exit ${written.code}: ${written.stderr.slice(-300)}`);
    const types = readPlan(written).types ?? undefined;
    const changed = listChanged(texts, copy);
    checkBytes(texts, copy, plan, check);
    check('re-parse', ...reparse(changed, copy));

    const again = await cli(['--check', '--allow-unparsed']);
    check('second run', again.code === 0, `exit ${again.code}: ${again.stdout.slice(-300)}`);
    if (changed.length > 0) {
      const undo = await cli(['undo']);
      check('undo', undo.code === 0, `exit ${undo.code}: ${undo.stderr.slice(-300)}`);
    }
    check('same tree', hashTree(copy) === before, 'after undo the tree differs from the one before the run');

    const count = countFolder(texts);
    return {
      name: basename(folder),
      files: plan.filesScanned,
      findings: plan.findings,
      skipped: plan.skipped,
      changed,
      checks,
      types,
      recall: compareRecall(count, plan.findings),
      rewritable: countRewritable(count, plan.findings, texts),
      unparsed: count.unparsed,
      seconds: first.seconds,
      peakMb: first.peakMb,
    };
  });
}

function readPlan({ stdout, code, stderr }: Run): PlanJson {
  try {
    return JSON.parse(stdout) as PlanJson;
  } catch {
    throw new Error(`the CLI printed no plan: exit ${code}: ${stderr.trim().slice(-300)}`);
  }
}

type Note = (name: string, ok: boolean, detail?: string) => void;

/** The files on disk whose text is not the one that was read, new and missing ones among them. */
function listChanged(texts: readonly TextFile[], copy: string): string[] {
  const changed = texts
    .filter(({ file, text }) => readFileSync(join(copy, file), 'utf8') !== text)
    .map(({ file }) => file);
  const known = new Set(runTool('git', ['ls-files', '-z'], copy).split('\0'));
  const made = listAll(copy).filter((file) => !known.has(file) && !file.startsWith('.migrate-llm/'));
  return [...changed, ...made].sort();
}

/** Cuts the edits into the text read before, by this script's own hands, and holds the result against the bytes on disk. */
function checkBytes(texts: readonly TextFile[], copy: string, cliPlan: PlanJson, check: Note): void {
  const plan = planMigration({ files: texts });
  const named = plan.changes.map(({ file }) => file).join('\n');
  check(
    'same files',
    named ===
      cliPlan.changes
        .map(({ file }) => file)
        .sort()
        .join('\n'),
    `planMigration: ${named}`,
  );
  const disk = listChanged(texts, copy).join('\n');
  check('nothing else', disk === named, `on disk: ${disk}`);
  const before = new Map(texts.map(({ file, text }) => [file, text]));
  const wrong = plan.changes.filter(({ file, edits }) => {
    let text = before.get(file) ?? '';
    for (const edit of [...edits].sort((a, b) => b.start - a.start))
      text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    return !readFileSync(join(copy, file)).equals(Buffer.from(text));
  });
  check('bytes outside edits', wrong.length === 0, wrong.map(({ file }) => file).join(', '));
}

function reparse(changed: readonly string[], copy: string): [boolean, string] {
  const broken = changed.filter((file) => {
    const text = readFileSync(join(copy, file), 'utf8');
    if (holdsCode(file)) return parseFile(file, text) === undefined;
    return file.endsWith('package.json') && !isJson(text);
  });
  return [broken.length === 0, broken.join(', ')];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}
