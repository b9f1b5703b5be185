import type { Exchange } from '@migrate-llm/shim/exchange';
import { readRecording } from '../recording.ts';
import { type Replay, type ReplayOptions, startReplay } from '../replay.ts';
import type { Miss } from './match.ts';

/** The hooks of a test runner: `beforeAll` and `afterAll` of Vitest and Jest, `before` and `after` of node:test and Mocha. */
export interface Hooks {
  readonly before: (run: () => Promise<void>) => void;
  readonly after: (run: () => Promise<void>) => void;
}

/** What a suite is answered from. */
export interface TestReplayOptions extends Omit<ReplayOptions, 'exchanges'> {
  /** A recording file, or exchanges. */
  readonly recordings: string | readonly Exchange[];
  /** Fails the suite when an exchange answered nothing: it is stale. */
  readonly noUnused?: boolean;
}

/** A suite's replay, once its first hook has run. */
export interface TestReplay {
  readonly baseURL: string;
  readonly misses: readonly Miss[];
}

/**
 * Answers a suite's OpenAI calls from recordings: `OPENAI_BASE_URL` and `OPENAI_API_KEY` are set while it runs, so that it needs no key and no network.
 * The suite fails when a request was not recorded, with what differs from the nearest one.
 */
export function replayInTests(
  { before, after }: Hooks,
  { recordings, noUnused = false, ...options }: TestReplayOptions,
): TestReplay {
  let replay: Replay | undefined;
  const held = new Map<string, string | undefined>();
  before(async () => {
    const exchanges = typeof recordings === 'string' ? await readRecording(recordings) : recordings;
    replay = await startReplay({ ...options, exchanges });
    for (const [name, value] of Object.entries({ OPENAI_BASE_URL: replay.baseURL, OPENAI_API_KEY: 'replayed' })) {
      held.set(name, process.env[name]);
      process.env[name] = value;
    }
  });
  after(async () => {
    for (const [name, value] of held)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    if (replay === undefined) return;
    await replay.close();
    const stale = noUnused
      ? replay.unused().map(({ id }) => `${id} answered nothing: it is stale, or its test did not run`)
      : [];
    const problems = [...replay.misses.map(describeMiss), ...stale];
    if (problems.length > 0) throw new ReplayError(problems.join('\n'));
  });
  const open = (): Replay => {
    if (replay === undefined)
      throw new ReplayError('the replay is not started yet; ask for it inside a test or a hook');
    return replay;
  };
  return {
    get baseURL() {
      return open().baseURL;
    },
    get misses() {
      return open().misses;
    },
  };
}

/** Thrown when a suite asked what was not recorded. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/** Says in words what was asked and what the nearest recording has instead. */
export function describeMiss({ method, path, nearest, differences }: Miss): string {
  if (nearest === null) return `not recorded: ${method} ${path}; nothing recorded has this method and path`;
  const shown = differences
    .slice(0, 5)
    .map(({ place, recorded = 'nothing', asked = 'nothing' }) => `${place} is ${asked}, recorded was ${recorded}`);
  const more = differences.length > 5 ? `; and ${differences.length - 5} more` : '';
  return `not recorded: ${method} ${path}; the nearest is ${nearest}: ${shown.join('; ')}${more}`;
}
