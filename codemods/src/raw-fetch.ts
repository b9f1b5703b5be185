import type { ts } from 'ts-morph';
import type { Edit } from './finding.ts';
import type { CodeFile } from './project.ts';
import { createReferences } from './references.ts';
import { draftRewrite } from './rewrite.ts';
import type { CodeScene } from './scene.ts';
import { addProperty, createHead, insertProperty } from './seams/seam.ts';

/** Addresses that the shim's fetch answers as OpenAI does. */
const carried = /^https:\/\/api\.openai\.com\/v1\/(?:chat\/completions|embeddings|models)$/;
const name = 'openaiFetch';
/** Signs of code that runs in a browser, where the shim's settings are not at hand. */
const browser = /^\s*['"]use client['"]|\b(?:window|document|localStorage|chrome)\s*\./m;
/** axios sends with a fetch that it is given from 1.12 on. Source: axios@1.11.0 and 1.12.0 lib/adapters/fetch.js; checked 2026-11-25. */
const throughFetch = `adapter: 'fetch', env: { fetch: ${name} }`;

/** The requests of one file that go to OpenAI by the platform's fetch, or by axios. */
export interface RawFetch {
  /** The strings with the address. */
  readonly urls: ReadonlySet<ts.Node>;
  readonly edits: readonly Edit[];
}

/**
 * Plans `fetch('https://api.openai.com/v1/…')`, and the same of axios, as a fetch of the shim; undefined where nothing of it can be proven.
 * @param takesFetch whether the installed axios sends with a fetch that it is given.
 */
export function planRawFetch(code: CodeScene, file: CodeFile, takesFetch: boolean): RawFetch | undefined {
  const { ts } = code.project;
  if (browser.test(file.text) || /\.(?:vue|svelte|astro)$/.test(file.file)) return undefined;
  const references = createReferences(code.project);
  const draft = draftRewrite(code.project);
  const urls = new Set<ts.Node>();
  for (const literal of code.index.byFile.get(file.file)?.strings ?? []) {
    if (!carried.test(literal.text)) continue;
    const sends = sendsOf(literal);
    if (sends.length === 0) continue;
    urls.add(literal);
    for (const send of sends) send();
  }
  if (urls.size === 0) return undefined;
  const isTaken = references.identifiers(file.source).some(({ text }) => text === name || text === 'createFetch');
  if (isTaken) return undefined;
  const head = createHead(ts, file, undefined);
  const placed = head.place([head.load('createFetch', '@migrate-llm/shim/fetch')], [`const ${name} = createFetch()`]);
  return { urls, edits: [...(draft.edits.get(file.file) ?? []), ...placed] };

  /** The rewrites of the requests that the address goes to, when it goes nowhere else: written in place, or held by a constant. */
  function sendsOf(literal: ts.StringLiteralLike): ReadonlyArray<() => void> {
    const { parent } = literal;
    const inPlace = sendOf(literal);
    if (inPlace !== undefined) return [inPlace];
    if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return [];
    const statement = ts.findAncestor(parent, ts.isVariableStatement);
    const symbol = references.symbolOf(parent.name);
    if (symbol === undefined || (statement?.modifiers?.length ?? 0) > 0 || code.index.assigned.has(symbol)) return [];
    const sends = references.of(symbol, file.source).flatMap((one) => (one === parent.name ? [] : [sendOf(one)]));
    return sends.every((one) => one !== undefined) ? sends : [];
  }

  function sendOf(node: ts.Expression): (() => void) | undefined {
    const { parent } = node;
    if (ts.isCallExpression(parent) && parent.arguments[0] === node) {
      const callee = parent.expression;
      const isFetch = ts.isIdentifier(callee) && callee.text === 'fetch' && references.symbolOf(callee) === undefined;
      if (isFetch) return () => draft.replace(callee, name);
      return ts.isPropertyAccessExpression(callee) ? sendByMethod(parent, callee) : undefined;
    }
    const isUrl = ts.isPropertyAssignment(parent) && parent.initializer === node && parent.name.getText() === 'url';
    const call = isUrl ? parent.parent.parent : undefined;
    return isUrl && call !== undefined && ts.isCallExpression(call) && call.arguments[0] === parent.parent
      ? sendByOptions(call, parent.parent)
      : undefined;
  }

  /** `axios.post(url, body, options)` and `axios.get(url, options)`. */
  function sendByMethod(call: ts.CallExpression, callee: ts.PropertyAccessExpression): (() => void) | undefined {
    const at = { post: 2, get: 1 }[callee.name.text];
    if (at === undefined || !isAxios(callee.expression) || call.arguments.length < at) return undefined;
    const options = call.arguments[at];
    if (options === undefined) {
      const last = call.arguments[at - 1];
      return last === undefined ? undefined : () => draft.insert(call, last.getEnd(), `, { ${throughFetch} }`);
    }
    return ts.isObjectLiteralExpression(options) && isOpen(options)
      ? () => insertProperty(draft, options, throughFetch)
      : undefined;
  }

  /** `axios({ url, … })` and `axios.request({ url, … })`. */
  function sendByOptions(call: ts.CallExpression, options: ts.ObjectLiteralExpression): (() => void) | undefined {
    const callee = call.expression;
    const isRequest = ts.isPropertyAccessExpression(callee) && callee.name.text === 'request';
    if (!isAxios(isRequest ? callee.expression : callee) || !isOpen(options)) return undefined;
    return () => addProperty({ code, draft }, call, throughFetch);
  }

  function isAxios(node: ts.Expression): boolean {
    return (
      takesFetch &&
      ts.isIdentifier(node) &&
      code.flow.valuesOf(node).some((value) => value.kind === 'foreign' && value.module === 'axios')
    );
  }

  /** Whether options keep the fetch that they are given: no way of their own to send, and no stream of Node's. */
  function isOpen(options: ts.ObjectLiteralExpression): boolean {
    return options.properties.every(
      (one) =>
        !ts.isSpreadAssignment(one) &&
        !/^(?:adapter|env|httpAgent|httpsAgent|proxy|baseURL|responseType|transport|onUploadProgress|onDownloadProgress)$/.test(
          one.name.getText(),
        ),
    );
  }
}
