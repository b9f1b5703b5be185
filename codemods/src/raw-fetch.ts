import type { ts } from 'ts-morph';
import type { Edit } from './finding.ts';
import type { CodeFile } from './project.ts';
import { createReferences } from './references.ts';
import type { CodeScene } from './scene.ts';
import { createHead } from './seams/seam.ts';

/** Addresses that the shim's fetch answers as OpenAI does. */
const carried = /^https:\/\/api\.openai\.com\/v1\/(?:chat\/completions|embeddings|models)$/;
const name = 'openaiFetch';
/** Signs of code that runs in a browser, where the shim's settings are not at hand. */
const browser = /^\s*['"]use client['"]|\b(?:window|document|localStorage|chrome)\s*\./m;

/** The requests of one file that go to OpenAI by the platform's fetch. */
export interface RawFetch {
  /** The strings with the address. */
  readonly urls: ReadonlySet<ts.Node>;
  readonly edits: readonly Edit[];
}

/** Plans `fetch('https://api.openai.com/v1/…')` as a fetch of the shim; undefined where nothing of it can be proven. */
export function planRawFetch(code: CodeScene, file: CodeFile): RawFetch | undefined {
  const { ts } = code.project;
  if (browser.test(file.text) || /\.(?:vue|svelte|astro)$/.test(file.file)) return undefined;
  const references = createReferences(code.project);
  const urls = new Set<ts.Node>();
  const callees = new Set<ts.Node>();
  for (const literal of code.index.byFile.get(file.file)?.strings ?? []) {
    if (!carried.test(literal.text)) continue;
    const calls = callsOf(literal);
    if (calls.length === 0) continue;
    urls.add(literal);
    for (const call of calls) callees.add(call.expression);
  }
  if (urls.size === 0) return undefined;
  const isTaken = references.identifiers(file.source).some(({ text }) => text === name || text === 'createFetch');
  if (isTaken) return undefined;
  const head = createHead(ts, file, undefined);
  const placed = head.place([head.load('createFetch', '@migrate-llm/shim/fetch')], [`const ${name} = createFetch()`]);
  const renamed = [...callees].map((one) => ({
    start: one.getStart() + file.shift,
    end: one.getEnd() + file.shift,
    text: name,
  }));
  return { urls, edits: [...renamed, ...placed] };

  /** The fetches that the address goes to, when it goes nowhere else: written in place, or held by a constant. */
  function callsOf(literal: ts.StringLiteralLike): ts.CallExpression[] {
    const { parent } = literal;
    if (isFetch(literal)) return [parent as ts.CallExpression];
    if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return [];
    const statement = ts.findAncestor(parent, ts.isVariableStatement);
    const symbol = references.symbolOf(parent.name);
    if (symbol === undefined || (statement?.modifiers?.length ?? 0) > 0 || code.index.assigned.has(symbol)) return [];
    const uses = references.of(symbol, file.source).filter((one) => one !== parent.name);
    return uses.every(isFetch) ? uses.map((one) => one.parent as ts.CallExpression) : [];
  }

  function isFetch(node: ts.Expression): boolean {
    const { parent } = node;
    return (
      ts.isCallExpression(parent) &&
      parent.arguments[0] === node &&
      ts.isIdentifier(parent.expression) &&
      parent.expression.text === 'fetch' &&
      references.symbolOf(parent.expression) === undefined
    );
  }
}
