import type { Finding } from '@migrate-llm/codemods';
import type { Colors } from '../terminal.ts';
import { count, showName } from '../word.ts';
import type { Bypasses } from './bypass.ts';
import type { CallGroup, Fate } from './calls.ts';

/** What a run showed. */
export interface TryResult {
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly target: string;
  readonly groups: readonly CallGroup[];
  readonly bypasses: Bypasses;
}

const words: Readonly<Record<Fate, string>> = {
  native: 'as it is',
  changed: 'changed on its way',
  emulated: 'emulated by the shim',
  refused: 'refused by the shim',
  rejected: 'not let in',
  failed: 'failed at the target',
};

/** Writes what became of each kind of call, and what did not come through. */
export function writeTry({ groups, bypasses, exitCode, target }: TryResult, colors: Colors): string {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const lines = [
    '',
    colors.bold(
      `migrate-llm try: ${count(total, 'request')} to ${showName(target)}; the command ended with ${exitCode}`,
    ),
    ...groups.flatMap((group) => writeGroup(group, colors)),
  ];
  if (groups.some(({ errors }) => errors.some(({ code }) => code === 'invalid_api_key')))
    lines.push('', '  Calls came with another key than OPENAI_API_KEY: --any-key takes them.');
  if (total === 0)
    lines.push(colors.yellow('  No request came: the command made none, or made them to an address of its own.'));
  lines.push(...writePlaces('Goes to an address of its own, not through here', bypasses.elsewhere, colors));
  const { onShim } = bypasses;
  lines.push(...writePlaces('On the shim already: goes where its own settings say, not through here', onShim, colors));
  if (onShim.length > 0)
    lines.push(
      '  The shim reads no OPENAI_BASE_URL: set MIGRATE_LLM_BASE_URL to the target and run the command itself.',
    );
  lines.push(...writePlaces('In the code, but no request of it came in this run', bypasses.unseen, colors));
  if (bypasses.elsewhere.length > 0 || total === 0)
    lines.push(
      '',
      '  To prove what bypasses this: let api.openai.com lead nowhere (127.0.0.1 in /etc/hosts, or',
      '  docker run --add-host api.openai.com:127.0.0.1) and run it again; what fails then did not come through.',
    );
  return `${lines.join('\n')}\n`;
}

/** The report as JSON, version 1. */
export function encodeTry({ command, exitCode, target, groups, bypasses }: TryResult): string {
  return `${JSON.stringify({ version: 1, command, exitCode, target, calls: groups, ...bypasses }, null, 2)}\n`;
}

function writeGroup(group: CallGroup, colors: Colors): string[] {
  const { method, path, model, features, fate, notes, errors } = group;
  const paint = fate === 'native' ? colors.green : /^(changed|emulated)$/.test(fate) ? colors.yellow : colors.red;
  const what = [`${method} ${path}`, model, features.length > 0 ? `with ${features.join(', ')}` : undefined];
  return [
    '',
    `  ${group.count} × ${showName(what.filter((part) => part !== undefined).join('  '))}: ${paint(words[fate])}`,
    ...notes.map(({ code, severity, where, what: change, why }) => {
      const loss = severity === 'lossy' ? colors.yellow(' [lossy]') : '';
      return `      ${showName(`${where}: ${change}`)}${loss} ${colors.dim(showName(`(${why}) ${code}`))}`;
    }),
    ...errors.map(({ status, code, message, count: times }) =>
      colors.red(`      ${times} × ${status} ${code ?? ''}: ${showName(message.slice(0, 300))}`),
    ),
  ];
}

/** Lists places of the code below a title; nothing where there are none. */
export function writePlaces(title: string, findings: readonly Finding[], colors: Colors): string[] {
  if (findings.length === 0) return [];
  return [
    '',
    colors.yellow(`  ${title} (${findings.length})`),
    ...findings.map(
      ({ file, line, what, why, rule }) =>
        `      ${colors.cyan(showName(`${file}:${line}`))}  ${showName(what)}${rule === 'call-site' ? '' : colors.dim(`  ${showName(why)}`)}`,
    ),
  ];
}
