import type { Flow } from './flow.ts';
import type { CodeProject } from './project.ts';
import type { SyntaxIndex } from './syntax-index.ts';

/** Parsed files, their syntax by kind, and what values flow where. */
export interface Code {
  readonly project: CodeProject;
  readonly index: SyntaxIndex;
  readonly flow: Flow;
}
