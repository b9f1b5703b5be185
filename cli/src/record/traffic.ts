import {
  listSecrets,
  type RecordConfig,
  type RelayTotals,
  type RunningRelay,
  startRelay,
} from '@migrate-llm/shim/record';
import { readNumber, valueOf, type Args } from '../args.ts';
import { describePortInUse } from '../cli-error.ts';
import { openFolder } from '../folder.ts';
import { waitForInterrupt } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';
import { findElsewhere } from '../try/bypass.ts';
import { pointAt, runChild } from '../try/child.ts';
import { writePlaces } from '../try/report.ts';
import { count, showName } from '../word.ts';
import { writeTotals } from './totals.ts';

/** Passes the calls of a command (or, without one, of whoever comes until Ctrl-C) on to OpenAI, and records them. Gives the command's exit code. */
export async function recordTraffic(args: Args, record: RecordConfig, terminal: Terminal): Promise<number> {
  const { env, colors } = terminal;
  const upstream = valueOf(args, 'upstream') ?? firstSet(env['OPENAI_BASE_URL'], env['OPENAI_API_BASE']);
  const relay = await openRelay(args, record, upstream, terminal);
  if (args.rest.length === 0) return serve(relay, record, upstream, terminal);
  const folder = openFolder(undefined, terminal);
  let exitCode: number;
  let totals: RelayTotals;
  try {
    exitCode = await runChild(args.rest, {
      cwd: folder.path,
      env: pointAt(env, relay.url, env['OPENAI_API_KEY']),
      outputToStderr: false,
      interactive: terminal.interactive,
    });
  } finally {
    totals = await relay.close(1_000);
  }
  const elsewhere = findElsewhere(folder);
  const lines = [
    '',
    colors.bold(`migrate-llm record: ${describe(totals)}; the command ended with ${exitCode}`),
    ...writeTotals(totals, record.path, colors),
    ...(totals.requests === 0
      ? [colors.yellow('  No request came: the command made none, or made them to an address of its own.')]
      : []),
    ...writePlaces('Goes to an address of its own, so it is not recorded', elsewhere, colors),
  ];
  // Stdout belongs to the command.
  terminal.err(`${lines.join('\n')}\n`);
  return exitCode;
}

async function serve(
  relay: RunningRelay,
  record: RecordConfig,
  upstream: string | undefined,
  { out, err, colors }: Terminal,
): Promise<number> {
  const stopped = waitForInterrupt();
  out(
    [
      `${colors.green('Recording')} what goes to ${showName(upstream ?? 'OpenAI')} at ${colors.bold(relay.url)} into ${showName(record.path)}`,
      '',
      'Point an app in any language at it; its key stays its own:',
      `  export OPENAI_BASE_URL=${relay.url}`,
      '',
      'Ctrl-C stops it.',
      '',
    ].join('\n'),
  );
  await stopped;
  const totals = await relay.close();
  err(
    `${[colors.bold(`migrate-llm record: ${describe(totals)}`), ...writeTotals(totals, record.path, colors)].join('\n')}\n`,
  );
  return 0;
}

function describe({ requests, unreachable }: RelayTotals): string {
  const lost = unreachable === 0 ? '' : `, ${unreachable} of which found nobody upstream`;
  return `${count(requests, 'request')}${lost}`;
}

async function openRelay(
  args: Args,
  record: RecordConfig,
  upstream: string | undefined,
  { env, err }: Terminal,
): Promise<RunningRelay> {
  const port = readNumber(args, 'port', 0, 65_535);
  const callSite = valueOf(args, 'call-site');
  const said = new Set<string>();
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => firstSet(env[name]));
  if (proxy !== undefined)
    err(`migrate-llm: ${proxy} is set, and the relay does not use it: it connects to the upstream itself\n`);
  try {
    return await startRelay({
      record,
      secrets: listSecrets(env),
      ...(upstream === undefined ? {} : { upstream }),
      ...(port === undefined ? {} : { port }),
      ...(callSite === undefined ? {} : { callSite }),
      onTrouble: (what) => {
        if (!said.has(what)) err(`migrate-llm: ${showName(what)}\n`);
        said.add(what);
      },
    });
  } catch (error) {
    throw describePortInUse(error, port) ?? error;
  }
}

function firstSet(...values: ReadonlyArray<string | undefined>): string | undefined {
  return values.find((value) => value !== undefined && value.trim() !== '');
}
