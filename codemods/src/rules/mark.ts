import { isSource } from '../candidates.ts';
import { touches } from '../edits.ts';
import type { Edit, Finding } from '../finding.ts';
import { toFindings } from '../found.ts';
import { findMarks, mayHaveMarks, placeMark, writeMark } from '../marks.ts';
import { parseCode } from '../project.ts';
import { defineRule, type Draft, type Found } from '../rule.ts';
import type { Scene } from '../scene.ts';

const unknown = `import OpenAI from 'openai';\n\nexport function make() {\n  const client = new OpenAI({ baseURL: process.env.LLM_URL });\n  return client;\n}\n`;
const resolved = `// @migrate-llm import-swap 0123456789: import of default from openai\nexport const done = true;\n`;

/** Keeps the comments `// @migrate-llm` in step with what is left. */
export const mark = defineRule({
  id: 'mark',
  summary:
    'Marks the places that are left to you with a comment, when asked by --marks, and takes away the marks of what is done.',
  why: 'Whoever works through what is left finds it in the code, with the id under which `migrate-llm --finding` and the reports have it.',
  examples: [
    {
      name: 'asked: a place that is left is marked above its statement',
      options: { marks: true },
      before: unknown,
      after: `// @migrate-llm import-swap 18a1ac5c71: import of default from openai: If it is OpenAI, swap the import to '@migrate-llm/shim' by hand; if not, leave it.\n${unknown}`,
      finds: ['rewrite'],
    },
    { name: 'not asked', before: unknown, after: undefined, finds: [] },
    {
      name: 'the mark of what is done goes, asked or not',
      before: resolved,
      after: 'export const done = true;\n',
      finds: ['rewrite'],
    },
    {
      name: 'look-alike: a comment of somebody’s own, a string, and a mark of another tool',
      options: { marks: true },
      before:
        "// @migrate-llm: ask Jo\n// see @migrate-llm/shim\nexport const text = '// @migrate-llm import-swap 0123456789: x';\n",
      after: undefined,
      finds: [],
    },
  ],
  find: (scene, before) => {
    const files = [...scene.files].filter(
      ([file, text]) => isSource(file) && (scene.asked.marks === true || mayHaveMarks(text)),
    );
    if (files.length === 0) return [];
    const left = new Map<string, Finding[]>();
    for (const finding of toFindings(before, scene.files))
      if (finding.action === 'manual') left.set(finding.file, [...(left.get(finding.file) ?? []), finding]);
    return files.flatMap(([file, text]) => draftsOf(scene, file, text, left.get(file) ?? [], before));
  },
});

function draftsOf(
  scene: Scene,
  file: string,
  text: string,
  left: readonly Finding[],
  before: readonly Found[],
): Draft[] {
  const isAsked = scene.asked.marks === true && left.length > 0;
  if (!isAsked && !mayHaveMarks(text)) return [];
  const parsed = parseCode(file, text);
  const marks = findMarks(parsed);
  const wanted = isAsked ? left.filter(({ id }) => !marks.some((one) => one.id === id)) : [];
  const stale = marks.filter(({ id, rule }) => scene.chosen.has(rule) && !left.some((one) => one.id === id));
  if (wanted.length + stale.length === 0) return [];
  const taken = before.filter((one) => one.file === file).flatMap(({ edits }) => edits ?? []);
  const placed = new Map<number, string>();
  let count = 0;
  for (const finding of wanted) {
    const place = placeMark(parsed, finding);
    if (place === undefined) continue;
    const edit = { start: place.offset, end: place.offset, text: '' };
    if (taken.some((one) => touches(one, edit))) continue;
    placed.set(edit.start, `${placed.get(edit.start) ?? ''}${writeMark(finding, place)}`);
    count += 1;
  }
  const edits: Edit[] = [
    ...[...placed].map(([at, written]) => ({ start: at, end: at, text: written })),
    ...stale.map(({ start, end }) => ({ start, end, text: '' })),
  ];
  const [first] = edits;
  if (first === undefined) return [];
  const counts = [
    ...(count === 0 ? [] : [`${count} placed`]),
    ...(stale.length === 0 ? [] : [`${stale.length} taken away`]),
  ];
  return [
    {
      file,
      offset: first.start,
      action: 'rewrite',
      confidence: 'certain',
      what: `marks: ${counts.join(', ')}`,
      subject: 'marks',
      why: count === 0 ? 'What they marked is done.' : 'You asked for them (--marks).',
      fix: '',
      edits,
    },
  ];
}
