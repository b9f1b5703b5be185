import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileChange } from '@migrate-llm/codemods';
import type { Proof, ProofRequest } from './protocol.ts';

const shim = '@migrate-llm/shim';
/** A type-check that takes longer is given up, and said so. */
const longestMs = 10 * 60_000;

/**
 * Type-checks the changed files as they were and as they are, with the repository's own TypeScript, in a child process.
 * @returns what got worse, what was checked, and what was not and why. Never throws.
 */
export function proveTypes(folder: string, changes: readonly FileChange[]): Proof {
  const code = changes.filter(({ file }) => /\.[cm]?[jt]sx?$/.test(file));
  if (code.length === 0) return { checked: 0, unchecked: [], worse: [] };
  const request: ProofRequest = {
    folder,
    shim: findShim(),
    files: code.map(({ file, before, after }) => ({ file, before, after })),
  };
  const { status, stdout, stderr, error } = spawnSync(process.execPath, childWords(), {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: longestMs,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status === 0) return JSON.parse(stdout) as Proof;
  const last = stderr?.trim().split('\n').at(-1) ?? '';
  return {
    checked: 0,
    unchecked: [error?.message ?? `the type-check ended with exit code ${status}: ${last}`],
    worse: [],
  };
}

/** The tool's own copy stands in while the repository has not installed the shim yet. */
function findShim(): string {
  return dirname(createRequire(import.meta.url).resolve(`${shim}/package.json`));
}

function childWords(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const child = new URL(isSource ? './child.ts' : './type-check.js', import.meta.url).href;
  const loader = isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return [
    ...loader,
    '--input-type=module',
    '--eval',
    `import(${JSON.stringify(child)}).then((child) => child.answer())`,
  ];
}
