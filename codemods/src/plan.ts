import { applyEdits, sortEdits } from './edits.ts';
import type { Edit, FileChange, Finding, MigrationPlan, SourceText } from './finding.ts';
import { placeOf } from './place.ts';
import type { Draft, Rule } from './rule.ts';
import { importSwap } from './rules/import-swap.ts';
import { rules } from './rules/index.ts';
import { readScene } from './scene.ts';

/** Which rules take part. */
export interface PlanOptions {
  readonly rules?: {
    /** Only these rule ids. */
    readonly only?: readonly string[];
    /** All but these rule ids. */
    readonly skip?: readonly string[];
  };
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
  const scene = readScene(
    files,
    chosen.some((rule) => rule.id === importSwap.id),
  );
  const findings: Finding[] = [];
  const edits = new Map<string, Edit[]>();
  for (const rule of chosen) {
    for (const draft of rule.find(scene)) {
      findings.push(toFinding(rule.id, draft, files.get(draft.file) ?? ''));
      if (draft.edits !== undefined && draft.edits.length > 0)
        edits.set(draft.file, [...(edits.get(draft.file) ?? []), ...draft.edits]);
    }
  }
  const changes = [...edits].map(([file, list]): FileChange => {
    const before = files.get(file) ?? '';
    return { file, before, after: applyEdits(before, list), edits: sortEdits(list) };
  });
  return {
    findings: findings.sort(byPlace),
    changes: changes.sort((a, b) => compare(a.file, b.file)),
    skipped: [...scene.skipped].sort((a, b) => compare(a.file, b.file)),
    filesScanned: files.size,
  };
}

function chooseRules(options: PlanOptions | undefined): Rule[] {
  const only = options?.rules?.only;
  const skip = options?.rules?.skip ?? [];
  const known = new Set(rules.map((rule) => rule.id));
  const wrong = [...(only ?? []), ...skip].find((id) => !known.has(id));
  if (wrong !== undefined) throw new RangeError(`there is no rule "${wrong}"; the rules are ${[...known].join(', ')}`);
  return rules.filter((rule) => (only === undefined || only.includes(rule.id)) && !skip.includes(rule.id));
}

function toFinding(rule: string, draft: Draft, text: string): Finding {
  const { file, action, confidence, what, why, fix } = draft;
  return { rule, file, ...placeOf(text, draft.offset), action, confidence, what, why, fix };
}

function byPlace(a: Finding, b: Finding): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
