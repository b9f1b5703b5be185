import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { MigrateOptions } from '../config.ts';
import { createTranslatingFetch } from '../core.ts';
import type { Note } from '../note.ts';
import { resolveSetup, type CallSettings } from '../setup.ts';
import type { Fetch } from '../transport.ts';
import { completion } from '../upstream.test-server.ts';

/** What a fake endpoint got. */
interface Got {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly signal: AbortSignal | null | undefined;
}

/** A fake endpoint: it answers, throws, or never comes back. */
export type Endpoint = (got: Got) => Response | Promise<Response>;

/** Answers with a text. */
export const says =
  (content: string): Endpoint =>
  () =>
    Response.json(completion({ content }));
/** Answers with an error. */
export const fails =
  (status: number, headers: Record<string, string> = {}): Endpoint =>
  () =>
    Response.json({ error: { message: `made to fail with ${status}` } }, { status, headers });
/** Has no connection. */
export const isDown: Endpoint = () => Promise.reject(new TypeError('fetch failed'));
/** Takes the request and never answers, until it is aborted. */
export const hangs: Endpoint = ({ signal }) =>
  new Promise((_, reject) => {
    const leave = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) leave();
    else signal?.addEventListener('abort', leave);
  });

/** A clock that goes where its timers are as soon as nothing else happens. */
interface FakeClock extends Clock {
  time: number;
  chance: number;
  /** Waits for a promise, letting time pass as its timers want. */
  run: <T>(work: Promise<T>) => Promise<T>;
}

/** Makes a clock of its own, at 0. */
function makeClock(): FakeClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock: FakeClock = {
    time: 0,
    chance: 0,
    now: () => clock.time,
    random: () => clock.chance,
    after: (ms, run) => {
      const timer = { at: clock.time + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    run: async (work) => {
      const state = { isOver: false };
      const end = (): void => void (state.isOver = true);
      work.then(end, end);
      for (;;) {
        for (let turn = 0; turn < 5 && !state.isOver; turn += 1) await setImmediate();
        if (state.isOver) return work;
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (next === undefined) continue;
        timers.delete(next);
        clock.time = Math.max(clock.time, next.at);
        next.run();
      }
    },
  };
  return clock;
}

/** Fake endpoints `http://<id>.test/v1` behind one translating fetch, on a clock of its own. */
export interface Bench {
  readonly clock: FakeClock;
  readonly notes: Note[];
  readonly got: Got[];
  /** By host: `a` is http://a.test/v1, `openai` is https://api.openai.com/v1. */
  readonly endpoints: Record<string, Endpoint>;
  readonly fetch: Fetch;
  /** Asks for a chat answer; `more` joins the body, `headers` the headers. */
  readonly ask: (more?: object, headers?: Record<string, string>, signal?: AbortSignal) => Promise<Response>;
  /** Hosts asked since the last call of this function. */
  readonly asked: () => string[];
}

/** Sets a bench up. Targets are `a`, `b` and `c` unless the options say otherwise. */
export function makeBench(
  options: MigrateOptions,
  call: CallSettings = {},
  env: Record<string, string> = { OPENAI_API_KEY: 'sk-own-openai-key' },
): Bench {
  const clock = makeClock();
  const notes: Note[] = [];
  const got: Got[] = [];
  const endpoints: Record<string, Endpoint> = {};
  const target = (id: string) => ({
    dialect: 'openai-compatible' as const,
    baseURL: `http://${id}.test/v1`,
    apiKey: `key-${id}`,
  });
  const setup = resolveSetup(
    {
      target: 'a',
      policy: 'silent',
      onNote: (note) => notes.push(note),
      ...options,
      targets: { a: target('a'), b: target('b'), c: target('c'), ...options.targets },
    },
    { env, cwd: undefined, readText: () => undefined, clock },
    call,
  );
  if (setup === 'openai') throw new Error('nothing is wrapped');
  const inner: Fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    const id = new URL(url).hostname.replace(/\.test$/, '').replace('api.openai.com', 'openai');
    const text = typeof init?.body === 'string' ? init.body : '{}';
    const seen: Got = { url, headers: new Headers(init?.headers), body: JSON.parse(text), signal: init?.signal };
    got.push(seen);
    const endpoint = endpoints[id];
    if (endpoint === undefined) throw new Error(`nobody expected a call of ${url}`);
    return endpoint(seen);
  };
  const fetch = createTranslatingFetch(setup, inner);
  let read = 0;
  return {
    clock,
    notes,
    got,
    endpoints,
    fetch,
    ask: (more = {}, headers = {}, signal = undefined) =>
      clock.run(
        fetch('https://sdk.test/v1/chat/completions', {
          method: 'POST',
          headers: { 'content-type': 'application/json', Authorization: 'Bearer migrate-llm', ...headers },
          body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], ...more }),
          ...(signal === undefined ? {} : { signal }),
        }),
      ),
    asked: () => {
      const hosts = got.slice(read).map(({ url }) => new URL(url).hostname.replace(/\.test$/, ''));
      read = got.length;
      return hosts;
    },
  };
}

/** Reads the text of a chat answer. */
export async function readContent(response: Response): Promise<string> {
  const body = (await response.json()) as {
    readonly choices: ReadonlyArray<{ readonly message: { readonly content: string } }>;
  };
  return body.choices[0]?.message.content ?? '';
}
