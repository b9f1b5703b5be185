import { createHash } from 'node:crypto';
import type { Asked } from './asked.ts';
import { applyEdits, sortEdits } from './edits.ts';
import { excerptOf } from './excerpt.ts';
import type { Edit, FileChange, Finding, MigrationPlan, Skipped, SourceText } from './finding.ts';
import { placeOf } from './place.ts';
import { listPackages } from './planned-packages.ts';
import type { Draft, Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { readScenes, type Scene } from './scene.ts';

/** Which rules take part, and what they may do only when asked. */
export interface PlanOptions extends Asked {
  readonly rules?: {
    /** Only these rule ids. */
    readonly only?: readonly string[];
    /** All but these rule ids. */
    readonly skip?: readonly string[];
  };
  /** Called as the work goes on, with what comes next and how much of it is done. */
  readonly onStep?: (step: PlanStep) => void;
}

/** A step of planning: `code` parses and follows the clients, a rule's id looks for its touchpoints. */
export interface PlanStep {
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Plans the migration of a folder: every OpenAI touchpoint as a finding, and the changed texts.
 * Pure: reads and writes nothing but its arguments.
 * @param input.files all text files of the folder, paths relative to it with `/`.
 * @throws {RangeError} when `options.rules` names a rule that does not exist.
 */
export function planMigration(input: { files: Iterable<SourceText>; options?: PlanOptions }): MigrationPlan {
  const files = new Map<string, string>();
  for (const { file, text } of input.files) files.set(file, text);
  const chosen = chooseRules(input.options);
  const total = chosen.length + 1;
  input.options?.onStep?.({ name: 'code', done: 0, total });
  const scenes = readScenes(files, new Set(chosen.map((rule) => rule.id)), input.options ?? {});
  const alone = findAlone(scenes.others(), chosen);
  const scene = scenes.main();
  const found: Unnamed[] = [];
  const edits = new Map<string, Edit[]>();
  const drafts: Draft[] = [];
  for (const [index, rule] of chosen.entries()) {
    input.options?.onStep?.({ name: rule.id, done: index + 1, total });
    for (const one of [...rule.find(scene, [...drafts]), ...(alone.drafts.get(rule.id) ?? [])]) {
      const draft = withoutClash(one, edits);
      found.push(toFinding(rule.id, draft, files.get(draft.file) ?? ''));
      drafts.push(draft);
      if (draft.edits !== undefined && draft.edits.length > 0)
        edits.set(draft.file, [...(edits.get(draft.file) ?? []), ...draft.edits]);
    }
  }
  const changes = [...edits].map(([file, list]): FileChange => {
    const before = files.get(file) ?? '';
    return { file, before, after: applyEdits(before, list), edits: sortEdits(list) };
  });
  const findings = nameFindings(found.sort(byPlace));
  const skipped = [...scene.skipped, ...alone.skipped].sort((a, b) => compare(a.file, b.file));
  const touched = [...findings, ...changes, ...skipped].map(({ file }) => file);
  return {
    findings,
    changes: changes.sort((a, b) => compare(a.file, b.file)),
    skipped,
    packages: listPackages(scene.packages, files, touched),
    filesScanned: files.size,
  };
}

/** What the rules that look at each file by itself find in the files where no client is followed; each scene is let go before the next. */
function findAlone(
  scenes: Iterable<Scene>,
  chosen: readonly Rule[],
): { drafts: ReadonlyMap<string, readonly Draft[]>; skipped: readonly Skipped[] } {
  const drafts = new Map<string, Draft[]>();
  const skipped: Skipped[] = [];
  for (const scene of scenes) {
    skipped.push(...scene.skipped);
    for (const rule of chosen)
      if (rule.isPerFile === true) drafts.set(rule.id, [...(drafts.get(rule.id) ?? []), ...rule.find(scene, [])]);
  }
  return { drafts, skipped };
}

/** A rewrite that touches what an earlier rule rewrites waits for the next run. */
function withoutClash(draft: Draft, edits: ReadonlyMap<string, readonly Edit[]>): Draft {
  const taken = edits.get(draft.file) ?? [];
  const isClash = draft.edits?.some((edit) => taken.some((other) => touches(edit, other))) === true;
  if (!isClash) return draft;
  const { edits: _, ...rest } = draft;
  const fix = 'Write this run’s changes, then run migrate-llm again.';
  return { ...rest, action: 'manual', why: `${draft.why} Another rule rewrites the same place in this run.`, fix };
}

function touches(a: Edit, b: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

function chooseRules(options: PlanOptions | undefined): Rule[] {
  const only = options?.rules?.only;
  const skip = options?.rules?.skip ?? [];
  const known = new Set(rules.map((rule) => rule.id));
  const wrong = [...(only ?? []), ...skip].find((id) => !known.has(id));
  if (wrong !== undefined) throw new RangeError(`there is no rule "${wrong}"; the rules are ${[...known].join(', ')}`);
  return rules.filter((rule) => (only === undefined || only.includes(rule.id)) && !skip.includes(rule.id));
}

type Unnamed = Omit<Finding, 'id'>;

function toFinding(rule: string, draft: Draft, text: string): Unnamed {
  const { file, action, confidence, what, why, fix, subject = what, features, deadline } = draft;
  return {
    rule,
    file,
    ...placeOf(text, draft.offset),
    action,
    confidence,
    what,
    subject,
    why,
    fix,
    code: excerptOf(text, draft.offset, draft.end),
    ...(features === undefined || features.length === 0 ? {} : { features }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** Equal touchpoints of a file share the first ten digits and are numbered in the order of the file. */
function nameFindings(findings: readonly Unnamed[]): Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { rule, file, subject } = finding;
    const group = createHash('sha256').update([rule, file, subject].join('\0')).digest('hex').slice(0, 10);
    const nth = (seen.get(group) ?? 0) + 1;
    seen.set(group, nth);
    return { id: nth === 1 ? group : `${group}-${nth}`, ...finding };
  });
}

function byPlace(a: Unnamed, b: Unnamed): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
