import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FileChange } from '@migrate-llm/codemods';
import { applyPatch, structuredPatch, type StructuredPatchHunk } from 'diff';
import { writeHunk, writeNames } from './diff.ts';
import { catchInterrupts } from './interrupt.ts';
import type { Terminal } from './terminal.ts';
import { quoteShell } from './word.ts';

/** What somebody chose of a plan. */
export interface Choice {
  readonly changes: readonly FileChange[];
  /** Whether everything was taken as planned. */
  readonly whole: boolean;
}

const help = `y - write this change
n - leave it out
a - write it and all later ones of this file
d - leave it out and all later ones of this file
e - edit it first
q - leave it out and all that follow
? - show this
`;

/**
 * Asks about each hunk of each change, as `git add --patch` does.
 * @returns the changes with what was chosen; 'stopped' on Ctrl-C or when the input ends.
 */
export async function chooseHunks(changes: readonly FileChange[], terminal: Terminal): Promise<Choice | 'stopped'> {
  const lines = readLines(terminal);
  try {
    return await catchInterrupts(async (signal) => {
      const stopped = new Promise<'stopped'>((resolve) => {
        signal.addEventListener('abort', () => resolve('stopped'), { once: true });
      });
      return Promise.race([stopped, askAll(changes, terminal, lines)]);
    });
  } finally {
    lines.close();
  }
}

async function askAll(changes: readonly FileChange[], terminal: Terminal, lines: Lines): Promise<Choice | 'stopped'> {
  const chosen: FileChange[] = [];
  let whole = true;
  let quit = false;
  for (const change of changes) {
    if (quit) {
      whole = false;
      continue;
    }
    const answer = await askFile(change, terminal, lines);
    if (answer === 'stopped') return 'stopped';
    quit = answer.quit;
    if (answer.change !== change) whole = false;
    if (answer.change !== undefined) chosen.push(answer.change);
  }
  return { changes: chosen, whole };
}

interface FileAnswer {
  /** The change as planned, a part of it, or undefined for nothing. */
  readonly change: FileChange | undefined;
  readonly quit: boolean;
}

async function askFile(change: FileChange, terminal: Terminal, lines: Lines): Promise<FileAnswer | 'stopped'> {
  const { before, after, file } = change;
  const patch = structuredPatch(file, file, before, after, '', '', { context: 3 });
  const style = { colors: terminal.colors, visible: true };
  const taken: StructuredPatchHunk[] = [];
  let rest: 'ask' | 'take' | 'leave' | 'quit' = 'ask';
  terminal.out(`${writeNames(file, style)}\n`);
  for (const [index, planned] of patch.hunks.entries()) {
    let hunk = planned;
    let decided: string = rest === 'take' ? 'y' : rest === 'ask' ? '' : 'n';
    if (decided === '') terminal.out(`${writeHunk(hunk, style)}\n`);
    while (decided === '') {
      terminal.out(
        `${terminal.colors.bold(`(${index + 1}/${patch.hunks.length}) Write this change [y,n,a,d,e,q,?]?`)} `,
      );
      const line = await lines.next();
      if (line === undefined) return 'stopped';
      const key = line.trim().toLowerCase();
      if (key === 'y' || key === 'n') decided = key;
      else if (key === 'a') [decided, rest] = ['y', 'take'];
      else if (key === 'd') [decided, rest] = ['n', 'leave'];
      else if (key === 'q') [decided, rest] = ['n', 'quit'];
      else if (key === 'e') {
        const edited = editHunk(hunk, terminal);
        if (typeof edited === 'string') terminal.err(`migrate-llm: ${edited}\n`);
        else [hunk, decided] = [edited, 'y'];
      } else terminal.out(help);
    }
    if (decided === 'y') taken.push(hunk);
  }
  const quit = rest === 'quit';
  if (taken.length === 0) return { change: undefined, quit };
  if (taken.length === patch.hunks.length && taken.every((hunk) => patch.hunks.includes(hunk))) return { change, quit };
  const text = applyPatch(before, { ...patch, hunks: taken }, { fuzzFactor: 0, autoConvertLineEndings: false });
  if (text === false) throw new Error(`the chosen changes of ${file} do not fit together`);
  // The spans of the plan do not say what was chosen by hand.
  return { change: text === before ? undefined : { ...change, after: text, edits: [] }, quit };
}

const editorHelp = `# Change the lines that begin with "+"; take one out to leave it out, add more with a "+" in front.
# Lines that begin with "-" or a blank must stay as they are. Lines that begin with "#" are not read.
# Save an empty file to go back to the question.
`;

/** Opens a hunk in the editor. @returns the edited hunk, or why it cannot be taken. */
function editHunk(hunk: StructuredPatchHunk, { env }: Terminal): StructuredPatchHunk | string {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-edit-'));
  const path = join(folder, 'hunk.diff');
  try {
    writeFileSync(path, `${hunk.lines.join('\n')}\n${editorHelp}`);
    const editor =
      [env['GIT_EDITOR'], env['VISUAL'], env['EDITOR']].find((one) => one !== undefined && one !== '') ?? 'vi';
    // An editor is a command with words of its own, such as "code --wait".
    const { status, error } = spawnSync(`${editor} ${quoteShell(path)}`, { shell: true, stdio: 'inherit' });
    if (error !== undefined || status !== 0) return `the editor "${editor}" failed; set EDITOR to one that works`;
    return readEdited(hunk, readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes an edited hunk when the text it replaces is still the same. */
function readEdited(hunk: StructuredPatchHunk, text: string): StructuredPatchHunk | string {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  if (lines.at(-1) === '') lines.pop();
  if (lines.every((line) => line.trim() === '')) return 'nothing was edited';
  const old = (all: readonly string[]): string[] =>
    all.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
  if (lines.some((line) => !/^[ +\\-]/.test(line)) || old(lines).join('\n') !== old(hunk.lines).join('\n'))
    return 'only lines that begin with "+" can be changed; the edit was not taken';
  const newLines = lines.filter((line) => /^[ +]/.test(line)).length;
  return { ...hunk, lines, newLines };
}

interface Lines {
  /** The next line; undefined when the input ended. */
  readonly next: () => Promise<string | undefined>;
  readonly close: () => void;
}

/** Reads lines as they come, none lost that was typed ahead. */
function readLines({ input }: Terminal): Lines {
  const reader = createInterface({ input, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await lines.next();
      return done === true ? undefined : value;
    },
    close: () => reader.close(),
  };
}
