import type { Asked } from './asked.ts';
import { applyEdits, sortEdits, touches } from './edits.ts';
import type { Edit, FileChange, MigrationPlan, Skipped, SourceText } from './finding.ts';
import { compare, toFindings } from './found.ts';
import { listPackages } from './planned-packages.ts';
import type { Draft, Found, Rule } from './rule.ts';
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
  const edits = new Map<string, Edit[]>();
  const drafts: Found[] = [];
  for (const [index, rule] of chosen.entries()) {
    input.options?.onStep?.({ name: rule.id, done: index + 1, total });
    for (const one of [...rule.find(scene, [...drafts]), ...(alone.drafts.get(rule.id) ?? [])]) {
      const draft = withoutClash(one, edits);
      drafts.push({ ...draft, rule: rule.id });
      if (draft.edits !== undefined && draft.edits.length > 0)
        edits.set(draft.file, [...(edits.get(draft.file) ?? []), ...draft.edits]);
    }
  }
  const changes = [...edits].map(([file, list]): FileChange => {
    const before = files.get(file) ?? '';
    return { file, before, after: applyEdits(before, list), edits: sortEdits(list) };
  });
  const findings = toFindings(drafts, files);
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

function chooseRules(options: PlanOptions | undefined): Rule[] {
  const only = options?.rules?.only;
  const skip = options?.rules?.skip ?? [];
  const known = new Set(rules.map((rule) => rule.id));
  const wrong = [...(only ?? []), ...skip].find((id) => !known.has(id));
  if (wrong !== undefined) throw new RangeError(`there is no rule "${wrong}"; the rules are ${[...known].join(', ')}`);
  return rules.filter((rule) => (only === undefined || only.includes(rule.id)) && !skip.includes(rule.id));
}
