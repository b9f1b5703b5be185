import { parse, type ParserPlugin } from '@babel/parser';
import { describe, expect, test } from 'vitest';
import { planMigration, rules, type SourceText } from './index.ts';

/** A repeatable source of numbers from 0 to below 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const cut = (random: Random, text: string): [string, string] => {
  const place = Math.floor(random() * (text.length + 1));
  return [text.slice(0, place), text.slice(place)];
};

const snippets = [
  "\nimport OpenAI from 'openai';\n",
  "\nconst { OpenAI: Other } = require('openai');\n",
  "\n// import OpenAI from 'openai'\n",
  '\nexport const text = `import "openai" ${1 + 1}`;\n',
  "\nconst emoji = '👩‍🚀 é \u2028';\n",
  '\nclass Again extends OpenAI {}\n',
  '\nnew OpenAI({ ...rest, baseURL });\n',
  "\njest.mock('openai', () => ({ default: class {} }));\n",
  '\0',
  '\ud800',
  '`',
  '{',
  ')',
  '/*',
  "'",
  '<T,>',
  '@dec ',
  'await ',
  '?.',
];

/** Edits that keep what a text says: only its characters move. */
const layouts: ReadonlyArray<(random: Random, text: string) => string> = [
  (_, text) => text.replaceAll('\n', '\r\n'),
  (_, text) => text.replaceAll('\n', '\r'),
  (random, text) => text.replace(/\n/g, () => pick(random, ['\n', '\r\n', '\n\n', '\r\n\r\n'])),
  (_, text) => `\uFEFF${text}`,
  (random, text) => text.replace(/^(?=.)/gm, () => pick(random, ['', '\t', '    '])),
  (_, text) => text.replace(/^(?! |\t|---|<)/gm, '\u00A0').replace(/\u00A0$/gm, ''),
  (_, text) => text.replace(/;\n/g, '\n'),
  (_, text) => text.trimEnd(),
  (_, text) => `#!/usr/bin/env node\n${text}`,
];

/** Edits after which the text may say anything, or nothing that parses. */
const damages: ReadonlyArray<(random: Random, text: string) => string> = [
  (random, text) => {
    const [head, tail] = cut(random, text);
    return head + pick(random, snippets) + tail;
  },
  (random, text) => {
    const [head, tail] = cut(random, text);
    return head + cut(random, tail)[1];
  },
  (random, text) => {
    const lines = text.split('\n');
    lines.splice(Math.floor(random() * lines.length), 0, pick(random, lines));
    return lines.join('\n');
  },
  (random, text) => text + pick(random, snippets),
  (random, text) => pick(random, snippets) + text,
];

const fixtures = rules.flatMap((rule) => rule.examples);

function parses(file: string, text: string): boolean {
  const plugins: ParserPlugin[] = /\.[cm]?tsx?$/.test(file) ? ['typescript'] : ['jsx'];
  try {
    parse(text, { sourceType: 'unambiguous', plugins, allowReturnOutsideFunction: true });
    return true;
  } catch {
    return false;
  }
}

/** A folder of mutated examples, each in a folder of its own. */
function mutate(random: Random, size: number): SourceText[] {
  return Array.from({ length: size }).flatMap((_, index): SourceText[] => {
    const { before, file = 'app.ts', beside = {} } = pick(random, fixtures);
    const folder = `app-${index}`;
    const { 'package.json': given, ...others } = beside as Record<string, string>;
    const manifest =
      given ??
      `{ "private": true, "dependencies": { "openai": "${pick(random, ['^6.0.0', '^3.2.1', '4.52.0', 'latest'])}" } }\n`;
    const texts: Record<string, string> = { 'package.json': manifest, ...others, [file]: before };
    return Object.entries(texts).map(([name, text]) => {
      let changed = text;
      for (let step = 0; step < 2; step += 1) if (random() < 0.6) changed = pick(random, layouts)(random, changed);
      if (name !== 'package.json' || random() < 0.1)
        for (let step = 0; step < 3; step += 1) if (random() < 0.4) changed = pick(random, damages)(random, changed);
      return { file: `${folder}/${name}`, text: changed };
    });
  });
}

describe('whatever the texts hold', () => {
  test.for(Array.from({ length: 30 }, (_, index) => index + 1))('seed %i', (seed) => {
    const files = mutate(createRandom(seed), 12);
    const { changes } = planMigration({ files });
    const after = new Map(files.map(({ file, text }) => [file, text]));
    for (const change of changes) {
      const text = after.get(change.file) ?? '';
      expect(change.before).toBe(text);
      let last = 0;
      let rest = '';
      for (const { start, end, text: put } of change.edits) {
        expect(start >= last && end >= start && end <= text.length, `${change.file} ${start}-${end}`).toBe(true);
        rest += text.slice(last, start) + put;
        last = end;
      }
      expect(change.after).toBe(rest + text.slice(last));
      if (/\.[cm]?[jt]sx?$/.test(change.file) && parses(change.file, text))
        expect(parses(change.file, change.after), `${change.file}\n${change.after}`).toBe(true);
      after.set(change.file, change.after);
    }
    const again = planMigration({ files: [...after].map(([file, text]) => ({ file, text })) });
    expect(again.changes.map(({ file, before, after: next }) => ({ file, before, next }))).toEqual([]);
  });
});

test('the mutations reach what they should: texts that change, texts that do not parse, and every layout', () => {
  const all = Array.from({ length: 30 }, (_, index) => mutate(createRandom(index + 1), 12)).flat();
  const code = all.filter(({ file }) => /\.[cm]?[jt]sx?$/.test(file));
  const sound = code.filter(({ file, text }) => parses(file, text)).length;
  expect(sound).toBeGreaterThan(100);
  expect(code.length - sound).toBeGreaterThan(50);
  for (const sign of ['\uFEFF', '\r\n', '\r', '\t', '\u00A0', '#!/']) {
    const reached = all.filter(({ text }) => text.includes(sign)).length;
    expect(reached).toBeGreaterThan(5);
  }
});
