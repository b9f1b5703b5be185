import { parse, type ParserPlugin } from '@babel/parser';
import babel, { type Node, type NodePath } from '@babel/traverse';

/** A node of one type. */
export type Of<Type extends Node['type']> = Extract<Node, { type: Type }>;

/** The root of a file, with the scopes of Babel behind it. */
export type Root = NodePath<Of<'Program'>>;

const { default: traverse } = babel;

const code = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const component = /\.(?:vue|svelte|astro)$/;

/** Whether a file holds JavaScript or TypeScript, alone or in script blocks. */
export function holdsCode(file: string): boolean {
  return (code.test(file) || component.test(file)) && !/\.d\.[cm]?ts$/.test(file);
}

/** Parses a file; every line of a component outside its scripts is blank. Undefined when it does not parse. */
export function parseFile(file: string, text: string): Root | undefined {
  const script = component.test(file) ? keepScripts(file, text) : text.replace(/^\uFEFF/, '');
  for (const plugins of pluginsFor(file)) {
    const root = tryParse(script, plugins);
    if (root !== undefined) return root;
  }
  return undefined;
}

function tryParse(text: string, plugins: ParserPlugin[]): Root | undefined {
  let ast: Node;
  try {
    ast = parse(text, {
      sourceType: 'unambiguous',
      plugins: [...plugins, 'decorators-legacy', 'explicitResourceManagement'],
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowSuperOutsideMethod: true,
      allowUndeclaredExports: true,
    }) as unknown as Node;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  let root: Root | undefined;
  traverse(ast, {
    Program(path) {
      root = path;
      path.stop();
    },
  });
  return root;
}

function pluginsFor(file: string): ParserPlugin[][] {
  if (/\.[cm]?ts$/.test(file) || component.test(file)) return [['typescript'], ['typescript', 'jsx']];
  if (file.endsWith('.tsx')) return [['typescript', 'jsx']];
  return [['jsx'], ['jsx', 'flow'], ['jsx', 'typescript']];
}

function keepScripts(file: string, text: string): string {
  const lines = text.split('\n');
  let inside = false;
  const kept = lines.map((line, index) => {
    if (file.endsWith('.astro')) {
      if (/^---\s*$/.test(line) && (inside || index < 3)) {
        inside = !inside;
        return '';
      }
      return inside ? line : '';
    }
    if (/^\s*<script\b[^>]*>\s*$/.test(line)) {
      inside = true;
      return '';
    }
    if (/^\s*<\/script>/.test(line)) inside = false;
    return inside ? line : '';
  });
  return kept.join('\n');
}
