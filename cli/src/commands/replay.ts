import { describeMiss, failFirst, type Put, startReplay, type Replay, wireFaults } from '@migrate-llm/compat-tests';
import { findRecordConfig } from '@migrate-llm/shim/record';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError, codeOf, describePortInUse } from '../cli-error.ts';
import { waitForInterrupt } from '../interrupt.ts';
import { readRecordings } from '../recordings.ts';
import type { Terminal } from '../terminal.ts';
import { count, findNearest, showName } from '../word.ts';

/** Answers as OpenAI did, from recordings, on loopback until Ctrl-C. Under `--strict` misses and unused recordings give exit code 1. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const exchanges = await readRecordings(args, terminal);
  const port = readNumber(args, 'port', 0, 65_535);
  const [pace, faults] = [readPace(args), readFaults(args)];
  const stopped = waitForInterrupt();
  const replay = await start({
    exchanges,
    pace,
    faults,
    ignore: args.values.get('ignore') ?? [],
    patterns: findRecordConfig().redact?.patterns ?? {},
    ...(port === undefined ? {} : { port }),
  });
  const { colors } = terminal;
  terminal.out(
    [
      `${colors.green('Replaying')} ${count(exchanges.length, 'exchange')} at ${colors.bold(replay.baseURL)}`,
      '',
      'Point the app as it was before the migration at it:',
      `  export OPENAI_BASE_URL=${replay.baseURL}`,
      '  export OPENAI_API_KEY=none',
      '',
      'Ctrl-C stops it.',
      '',
    ].join('\n'),
  );
  await stopped;
  await replay.close();
  for (const miss of replay.misses) terminal.err(`migrate-llm: ${showName(describeMiss(miss))}\n`);
  if (!args.switches.has('strict')) return 0;
  const unused = replay.unused();
  if (unused.length > 0)
    terminal.err(
      `migrate-llm: ${count(unused.length, 'exchange')} answered nothing: ${unused.map(({ id }) => showName(id)).join(', ')}\n`,
    );
  return replay.misses.length > 0 || unused.length > 0 ? 1 : 0;
}

function readPace(args: Args): number {
  const text = valueOf(args, 'pace');
  if (text === undefined) return 0;
  const pace = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(pace >= 0 && pace <= 100))
    throw new CliError(`--pace is "${text}"; give a number from 0 (at once) over 1 (as recorded) to 100`);
  return pace;
}

/** `--fault` names a fault of the wire, or a status and how often it comes first, as `429x2`. */
function readFaults(args: Args): Put[] {
  const known = new Map([...wireFaults.values()].flat().map(({ id, put }) => [id, put]));
  return (args.values.get('fault') ?? []).map((text) => {
    const [, status, times = '1'] = /^([45]\d\d)(?:x(\d{1,4}))?$/.exec(text) ?? [];
    const put = status === undefined ? known.get(text) : failFirst(Number(status), Number(times));
    if (put !== undefined) return put;
    const near = findNearest(text, known.keys());
    throw new CliError(
      `there is no fault "${text}"${near === undefined ? '' : `; did you mean ${near}?`}; give a status, as 429 or 503x2, or one of ${[...known.keys()].join(', ')}`,
    );
  });
}

async function start(options: Parameters<typeof startReplay>[0]): Promise<Replay> {
  const { port } = options;
  try {
    return await startReplay(options);
  } catch (error) {
    if (codeOf(error) === 'EACCES')
      throw new CliError(`port ${port} may not be used by this user; choose one above 1023`);
    throw describePortInUse(error, port) ?? error;
  }
}
