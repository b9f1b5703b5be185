import type { ts } from 'ts-morph';
import type { Edit } from './finding.ts';
import type { CodeFile, CodeProject } from './project.ts';

/** Why a place keeps a rewrite from being whole. */
export interface Block {
  readonly file: string;
  readonly offset: number;
  /** What stands there. */
  readonly what: string;
  readonly why: string;
}

/** Edits that belong together: all of them are made, or, where something blocks them, none. */
export interface Rewrite {
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  readonly blocks: readonly Block[];
  /** What a person should look at although it was rewritten. */
  readonly notes: readonly Block[];
}

/** Gathers a rewrite node by node, in offsets of the texts as read. */
export interface RewriteDraft extends Rewrite {
  readonly replace: (node: ts.Node, text: string) => void;
  /** Replaces from one offset of a node's file to another. */
  readonly replaceSpan: (node: ts.Node, start: number, end: number, text: string) => void;
  readonly insert: (node: ts.Node, at: number, text: string) => void;
  readonly block: (node: ts.Node, why: string) => void;
  readonly note: (node: ts.Node, why: string) => void;
}

/** Starts a rewrite; an edit that is asked for twice is made once. */
export function draftRewrite(project: CodeProject): RewriteDraft {
  const edits = new Map<string, Edit[]>();
  const blocks: Block[] = [];
  const notes: Block[] = [];
  const homeOf = (node: ts.Node): CodeFile => {
    const home = project.fileOf(node);
    if (home === undefined) throw new RangeError('a rewrite names a node that is not in the project');
    return home;
  };
  const add = (node: ts.Node, start: number, end: number, text: string): void => {
    if (node.getSourceFile().text.slice(start, end) === text) return;
    const { file, shift } = homeOf(node);
    const list = edits.get(file) ?? [];
    const edit = { start: start + shift, end: end + shift, text };
    // What is replaced as a whole takes the edits inside it along, whichever came first.
    if (list.some((one) => isSame(one, edit) || isInside(edit, one))) return;
    edits.set(file, [...list.filter((one) => !isInside(one, edit)), edit]);
  };
  const told = (node: ts.Node, why: string): Block => {
    const { file, shift } = homeOf(node);
    const line = node.getText().replace(/\s+/g, ' ');
    return {
      file,
      offset: node.getStart() + shift,
      what: line.length > 60 ? `${line.slice(0, 57)}...` : line,
      why,
    };
  };
  return {
    edits,
    blocks,
    notes,
    replace: (node, text) => add(node, node.getStart(), node.getEnd(), text),
    replaceSpan: add,
    insert: (node, at, text) => add(node, at, at, text),
    block: (node, why) => {
      const block = told(node, why);
      if (!blocks.some((one) => one.file === block.file && one.offset === block.offset)) blocks.push(block);
    },
    note: (node, why) => {
      notes.push(told(node, why));
    },
  };
}

function isSame(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

function isInside(inner: Edit, outer: Edit): boolean {
  if (inner.start === inner.end) return outer.start < inner.start && inner.end < outer.end;
  const isWider = outer.end - outer.start > inner.end - inner.start;
  return isWider && outer.start <= inner.start && inner.end <= outer.end;
}
