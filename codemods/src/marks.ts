import type { ts } from 'ts-morph';
import type { Finding } from './finding.ts';
import type { ParsedFile } from './project.ts';

/** A mark in a file: a comment line of its own. */
export interface Mark {
  readonly rule: string;
  /** Id of the finding. */
  readonly id: string;
  /** The whole line, its end included. */
  readonly start: number;
  readonly end: number;
}

/** Where a mark goes: the start of a line, and how that line is indented and ended. */
export interface MarkPlace {
  readonly offset: number;
  readonly indent: string;
  readonly eol: string;
}

const sign = '@migrate-llm ';
const line = /^[ \t]*\/\/ @migrate-llm ([a-z][a-z\d-]*) ([\da-f]{10}(?:-\d+)?): [^\r\n]*(?:\r\n|\n|\r|$)/gm;
const longest = 200;

/** Whether a file may have marks; most have none, and need not be parsed for them. */
export function mayHaveMarks(text: string): boolean {
  return text.includes(`// ${sign}`) && text.search(line) !== -1;
}

/** Reads the marks of a file; a line of that form inside a string is none. */
export function findMarks({ ts: api, source, text, shift }: ParsedFile): Mark[] {
  return [...text.matchAll(line)].flatMap(({ 0: whole, 1: rule = '', 2: id = '', index }) => {
    const node = nodeAt(api, source, index + whole.indexOf('//') - shift);
    const isText = api.isStringLiteralLike(node) || api.isTemplateLiteralToken(node) || api.isJsxText(node);
    return isText ? [] : [{ rule, id, start: index, end: index + whole.length }];
  });
}

/** The line of a mark. */
export function writeMark({ rule, id, what, fix }: Finding, { indent, eol }: MarkPlace): string {
  // Written as an import it would be read as one, where specifiers are looked for without parsing.
  const told = `${what}: ${fix}`
    .replace(/\s+/g, ' ')
    .replace(/\b(from|import|require\() ?(['"`])(@?[\w./-]+)\2/g, '$1 $3');
  const cut = told.length > longest ? `${told.slice(0, longest - 1)}…` : told;
  return `${indent}// ${sign}${rule} ${id}: ${cut}${eol}`;
}

/** The line above the statement that a finding is in; undefined where no statement around it starts a line. */
export function placeMark(parsed: ParsedFile, finding: Pick<Finding, 'line' | 'column'>): MarkPlace | undefined {
  const { ts: api, source, text, shift } = parsed;
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const at = offsetOf(text, finding) - shift;
  for (let node: ts.Node | undefined = nodeAt(api, source, at); node !== undefined; node = node.parent) {
    if (!api.isStatement(node) && !api.isClassElement(node)) continue;
    const start = node.getStart(source) + shift;
    const own = startOfLine(text, start);
    const indent = text.slice(own, start);
    if (/\S/.test(indent.replaceAll('\uFEFF', ''))) continue;
    return {
      offset: aboveComments(parsed, node) ?? own + countMarks(indent),
      indent: indent.replaceAll('\uFEFF', ''),
      eol,
    };
  }
  return undefined;
}

/** Above the comments that belong to a node, because some of them are about the very next line; but never above what heads the file. */
function aboveComments({ ts: api, source, text, shift }: ParsedFile, node: ts.Node): number | undefined {
  let top = node.getStart(source);
  let found: number | undefined;
  for (const one of (api.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []).toReversed()) {
    const between = source.text.slice(one.end, top);
    const own = startOfLine(text, one.pos + shift);
    const isMark = source.text.slice(one.pos, one.end).startsWith(`// ${sign}`);
    if (isMark || own === 0 || /\S/.test(between) || between.split(/\r\n|\n|\r/).length > 2) break;
    if (/\S/.test(text.slice(own, one.pos + shift))) break;
    top = one.pos;
    found = own;
  }
  // The block reaches up to the head of the file: it may be a licence, a pragma or a directive for the whole of it.
  const isHead = found !== undefined && text.slice(0, found).trim() === '';
  return isHead ? undefined : found;
}

function nodeAt(api: typeof ts, root: ts.Node, at: number): ts.Node {
  const inner = api.forEachChild(root, (child) => (child.getStart() <= at && at < child.getEnd() ? child : undefined));
  return inner === undefined ? root : nodeAt(api, inner, at);
}

function offsetOf(text: string, { line: row, column }: Pick<Finding, 'line' | 'column'>): number {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  const marks = row === 1 && text.startsWith('\uFEFF') ? 1 : 0;
  return (starts[row - 1] ?? 0) + marks + column - 1;
}

function startOfLine(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/** Byte order marks at the start of a text. */
function countMarks(text: string): number {
  return /^\uFEFF*/.exec(text)?.[0].length ?? 0;
}
