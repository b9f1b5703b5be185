import { startReplay, type Replay } from '@migrate-llm/compat-tests';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { readNumber, type Args } from '../args.ts';
import { CliError, codeOf } from '../cli-error.ts';
import { waitForInterrupt } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../word.ts';
import { readRecordings } from './parity.ts';

/** Answers as OpenAI did, from recordings, on loopback until Ctrl-C. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const exchanges = await readRecordings(args, terminal);
  const port = readNumber(args, 'port', 0, 65_535);
  const stopped = waitForInterrupt();
  const replay = await start(exchanges, port, args.switches.has('pace'));
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
  for (const { method, path, nearest } of replay.misses)
    terminal.err(`migrate-llm: not recorded: ${method} ${path}${nearest === null ? '' : `, nearest is ${nearest}`}\n`);
  return 0;
}

async function start(exchanges: readonly Exchange[], port: number | undefined, pace: boolean): Promise<Replay> {
  try {
    return await startReplay({ exchanges, ...(port === undefined ? {} : { port }), ...(pace ? { pace: 1 } : {}) });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw new CliError(`port ${port} is in use; choose another, or leave --port out for a free one`);
    if (codeOf(error) === 'EACCES')
      throw new CliError(`port ${port} may not be used by this user; choose one above 1023`);
    throw error;
  }
}
