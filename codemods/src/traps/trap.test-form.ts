import type { Asked } from '../asked.ts';
import type { Finding } from '../finding.ts';

/** What a fixture shows of a trap: the trap itself, something that only looks like it, or a shape that is left with a reason. */
type TrapSide = 'trap' | 'look-alike' | 'bail-out';

/** One shape on which a tool that goes by names breaks code. */
export interface Trap {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly asked?: Asked;
  /** Files that change; every other one must stay. */
  readonly changes: readonly string[];
  /** Texts that must stand in a file afterwards. */
  readonly after?: Readonly<Record<string, readonly string[]>>;
  /** A finding that must be among them: rule, file, action, and a word of its what, why or fix. */
  readonly finding?: readonly [rule: string, file: string, action: Finding['action'], word: string];
  /** Rule and file of which there must be no finding. */
  readonly silent?: ReadonlyArray<readonly [rule: string, file: string]>;
  readonly skipped?: readonly string[];
}

/** A fixture of the catalogue of traps: T1 to T32. */
export interface CataloguedTrap extends Trap {
  readonly id: `T${number}`;
  readonly side: TrapSide;
}

/** An app with one client. */
export const app = `import OpenAI from 'openai';\nexport const client = new OpenAI();\n`;
/** A package.json that depends on openai. */
export const manifestOf = (range: string): string => `{ "private": true, "dependencies": { "openai": "${range}" } }\n`;
/** A call of the endpoint that most apps use, without what it is called on. */
export const ask = `chat.completions.create({ model: 'gpt-4o', messages: [] })`;
