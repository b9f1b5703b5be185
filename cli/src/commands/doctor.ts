import type { Args } from '../args.ts';
import { checkEndpoints } from '../doctor/endpoint.ts';
import { checkPackages } from '../doctor/packages.ts';
import { readSettings } from '../doctor/settings.ts';
import type { Check } from '../doctor/check.ts';
import { openFolder } from '../folder.ts';
import type { Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';

/** Looks at everything the migrated app stands on, and says what to do where something is missing. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const folder = openFolder(args.words[0], terminal).path;
  const asJson = args.switches.has('json');
  const checks: Check[] = [];
  const show = (more: readonly Check[]) => {
    checks.push(...more);
    if (!asJson) terminal.out(more.map((check) => writeCheck(check, terminal)).join(''));
  };
  show(checkPackages(folder));
  const before = process.cwd();
  // The shim looks for its settings upward from the working directory.
  process.chdir(folder);
  try {
    const settings = readSettings(folder, terminal.env);
    show(settings.checks);
    show(await checkEndpoints(settings, (line) => terminal.err(`${terminal.colors.dim(line)}\n`)));
  } finally {
    process.chdir(before);
  }
  const problems = checks.filter(({ level }) => level === 'problem').length;
  if (asJson) terminal.out(`${JSON.stringify({ version: 1, checks }, null, 2)}\n`);
  else terminal.out(problems === 0 ? '\nAll well.\n' : `\n${count(problems, 'problem')}.\n`);
  return problems === 0 ? 0 : 2;
}

function writeCheck({ level, what, fix }: Check, { colors }: Terminal): string {
  const paint = { ok: colors.green, note: colors.dim, problem: colors.red }[level];
  return `${paint(level.padEnd(8))} ${showName(what)}\n${fix === '' ? '' : `${' '.repeat(9)}${colors.bold('do:')} ${showName(fix)}\n`}`;
}
