import { resolve } from 'node:path';
import type { GatewayCall } from '@migrate-llm/shim/gateway';
import { valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { openFolder } from '../folder.ts';
import { openGateway } from '../gateway.ts';
import { checkOutput, writeReport } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { findBypasses } from '../try/bypass.ts';
import { groupCalls } from '../try/calls.ts';
import { pointAt, runChild } from '../try/child.ts';
import { encodeTry, writeTry } from '../try/report.ts';

/** Runs a command of the app, unedited, with every OpenAI client pointed at a target, and says what became of each call. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const target = valueOf(args, 'target');
  if (target === undefined) throw new CliError('name where the calls go: --target <id, dialect or base URL>');
  if (args.rest.length === 0)
    throw new CliError(`name the command behind --, for example: migrate-llm try --target ${target} -- npm test`);
  const folder = openFolder(undefined, terminal);
  const [model, json, anyKey] = [valueOf(args, 'model'), valueOf(args, 'json'), args.switches.has('any-key')];
  const file =
    json === undefined || json === '-' ? undefined : checkOutput(resolve(terminal.cwd, json), `--json ${json}`);
  const calls: GatewayCall[] = [];
  const gateway = await openGateway(target, {
    ...(model === undefined ? {} : { model }),
    anyKey,
    quiet: true,
    onCall: (call) => calls.push(call),
  });
  let exitCode: number;
  try {
    exitCode = await runChild(args.rest, {
      cwd: folder.path,
      env: pointAt(terminal.env, gateway.url, gateway.key ?? 'sk-any'),
      outputToStderr: json === '-',
      interactive: terminal.interactive,
    });
  } finally {
    await gateway.close(0);
  }
  const groups = groupCalls(calls);
  const result = { command: args.rest, exitCode, target, groups, bypasses: findBypasses(folder, groups) };
  // Stdout belongs to the command.
  terminal.err(writeTry(result, terminal.colors));
  if (json === '-') terminal.out(encodeTry(result));
  else if (file !== undefined) writeReport(file, json ?? file, encodeTry(result));
  return exitCode;
}
