import { parse, type ParserPlugin } from '@babel/parser';
import { describe, expect, test } from 'vitest';
import { readJson } from './json-text.ts';
import { planMigration, rules, type Example, type MigrationPlan, type SourceText } from './index.ts';
import { createCodeProject } from './project.ts';

function filesOf(example: Example): SourceText[] {
  const beside = Object.entries(example.beside ?? {}).map(([file, text]) => ({ file, text }));
  return [...beside, { file: example.file ?? 'app.ts', text: example.before }];
}

function resultOf(files: readonly SourceText[], plan: MigrationPlan): SourceText[] {
  const after = new Map(plan.changes.map((change) => [change.file, change.after]));
  return files.map(({ file, text }) => ({ file, text: after.get(file) ?? text }));
}

/** Why one of the two parsers does not take a changed file; undefined when both do. */
function whyBroken(file: string, text: string): string | undefined {
  if (file.endsWith('.json')) return readJson(text) === undefined ? `${file} is not JSON` : undefined;
  if (!/\.[cm]?[jt]sx?$/.test(file)) return undefined;
  const plugins: ParserPlugin[] = /\.[cm]?tsx?$/.test(file) ? ['typescript'] : ['jsx'];
  try {
    parse(text, {
      sourceType: 'unambiguous',
      allowAwaitOutsideFunction: true,
      plugins: [...plugins, 'decorators-legacy'],
    });
  } catch (error) {
    return `${file} does not parse: ${String(error)}`;
  }
  return createCodeProject(new Map([[file, text]])).broken.get(file);
}

for (const rule of rules) {
  describe(rule.id, () => {
    test('has a look-alike and a shadowed example or says why not', () => {
      expect(rule.examples.some((example) => example.name.startsWith('look-alike'))).toBe(true);
      expect(rule.examples.length).toBeGreaterThan(1);
    });
    test.for(rule.examples.map((example) => [example.name, example] as const))('%s', ([, example]) => {
      const files = filesOf(example);
      const { options = {} } = example;
      const plan = planMigration({ files, options });
      const own = example.file ?? 'app.ts';
      const change = plan.changes.find((one) => one.file === own);
      if (example.after === undefined) expect(change?.after).toBeUndefined();
      else expect(change?.after).toBe(example.after);
      const actions = plan.findings.filter((one) => one.rule === rule.id && one.file === own).map((one) => one.action);
      expect(actions).toEqual(example.finds ?? actions);
      expect(plan.skipped).toEqual([]);
      expect(plan.changes.map((one) => whyBroken(one.file, one.after))).toEqual(plan.changes.map(() => undefined));
      const again = planMigration({ files: resultOf(files, plan), options });
      expect(again.changes).toEqual([]);
    });
  });
}
