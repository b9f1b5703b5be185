import { parse } from '@babel/parser';

/** Where a file says that it is written in Flow. */
const pragma = /(?:\/\/|\/?\*)\s*@flow\b/;
const headLength = 2_000;

/** Syntax of Flow that stands for nothing at run time, and that TypeScript cannot read. */
const typesOnly =
  /^(?:TypeAnnotation|TypeAlias|OpaqueType|InterfaceDeclaration|Declare\w+|TypeParameterDeclaration|TypeParameterInstantiation|Variance|DeclaredPredicate|InferredPredicate)$/;

interface FlowNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly importKind?: unknown;
  readonly exportKind?: unknown;
  readonly declaration?: unknown;
}

/**
 * A file written in Flow without its types: they become blanks, so that offsets stay.
 * Any other file, and one that Flow's grammar does not read either, is returned as it is.
 */
export function maskFlow(file: string, text: string): string {
  if (!/\.[cm]?jsx?$/.test(file) || !pragma.test(text.slice(0, headLength))) return text;
  let program: unknown;
  try {
    program = parse(text, {
      sourceType: 'unambiguous',
      allowReturnOutsideFunction: true,
      plugins: [['flow', { all: true }], 'flowComments', 'jsx', 'decorators-legacy'],
    }).program;
  } catch {
    return text;
  }
  return blankOut(text, findTypes(program));
}

type Span = readonly [start: number, end: number];

function findTypes(program: unknown): Span[] {
  const spans: Span[] = [];
  const waiting: unknown[] = [program];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (Array.isArray(node)) waiting.push(...(node as unknown[]));
    if (!isNode(node)) continue;
    const span = typeSpanOf(node);
    if (span !== undefined) spans.push(span);
    // `typeof` in braces goes, the name it stands before stays.
    if (span === undefined || node.type === 'ImportSpecifier') waiting.push(...Object.values(node).filter(isTree));
  }
  return spans;
}

function typeSpanOf(node: FlowNode): Span | undefined {
  if (typesOnly.test(node.type)) return [node.start, node.end];
  if (node.type === 'ImportDeclaration' && node.importKind === 'typeof') return [node.start, node.end];
  if (node.type === 'ImportSpecifier' && node.importKind === 'typeof')
    return [node.start, node.start + 'typeof'.length];
  const isTypeExport = node.type === 'ExportNamedDeclaration' && node.exportKind === 'type' && isNode(node.declaration);
  return isTypeExport ? [node.start, node.end] : undefined;
}

function isTree(value: unknown): boolean {
  return Array.isArray(value) || isNode(value);
}

function isNode(value: unknown): value is FlowNode {
  if (typeof value !== 'object' || value === null) return false;
  const { type, start, end } = value as Partial<Record<keyof FlowNode, unknown>>;
  return typeof type === 'string' && typeof start === 'number' && typeof end === 'number';
}

function blankOut(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort(([a], [b]) => a - b);
  let masked = '';
  let last = 0;
  for (const [start, end] of sorted) {
    if (start < last) continue;
    masked += text.slice(last, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ');
    last = end;
  }
  return masked + text.slice(last);
}
