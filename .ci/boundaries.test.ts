import { describe, expect, test } from 'vitest';
import { findCycles, findLongFiles, findWrongEdges, type Module, readModules } from './boundaries.ts';

const at = (file: string, ...imports: string[]): Module => ({ file, imports, lines: 1 });

describe('the rooms keep to the arrows of ARCHITECTURE.md', () => {
  const modules = readModules();

  test('every room has sources', () => {
    for (const room of ['shim', 'codemods', 'compat-tests', 'cli']) {
      expect(modules.some(({ file }) => file.startsWith(`${room}/`))).toBe(true);
    }
  });
  test('no wrong edges', () => expect(findWrongEdges(modules)).toEqual([]));
  test('no cycles', () => expect(findCycles(modules)).toEqual([]));
  test('no source over 400 lines', () => expect(findLongFiles(modules, 400)).toEqual([]));
});

describe('the guard sees what it should', () => {
  test.each([
    [at('shim/src/a.ts', 'zod')],
    [at('shim/src/a.ts', '@migrate-llm/codemods')],
    [at('codemods/src/a.ts', '@migrate-llm/shim')],
    [at('compat-tests/src/a.ts', 'migrate-llm')],
    [at('compat-tests/src/a.ts', 'vitest')],
    [at('cli/src/a.ts', 'ts-morph')],
    [at('cli/src/commands/a.ts', '../../../shim/src/note.ts')],
  ])('%o', (module) => expect(findWrongEdges([module])).toHaveLength(1));

  test.each([
    [at('shim/src/a.ts', 'openai', './b.ts', 'node:fs')],
    [at('codemods/src/rules/a.ts', '../finding.ts', '@migrate-llm/shim/manifest')],
    [at('compat-tests/src/a.test.ts', 'vitest', 'openai')],
  ])('%o is fine', (module) => expect(findWrongEdges([module])).toEqual([]));

  test('a cycle over two files', () =>
    expect(findCycles([at('cli/src/a.ts', './b.ts'), at('cli/src/b.ts', './a.ts')])).toEqual([
      'cli/src/a.ts -> cli/src/b.ts -> cli/src/a.ts',
    ]));
});
