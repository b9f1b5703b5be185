import { createFetch, type Fetch, type FetchOptions, type Note, type TargetOption } from '@migrate-llm/shim/fetch';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { type Answer, readAnswer } from './answer.ts';
import type { Timing } from './measures/measure.ts';

/** An endpoint that shall answer instead of OpenAI. */
export interface Candidate {
  /** How reports name it. */
  readonly name: string;
  /** Answers requests to `https://api.openai.com/v1/…`, as a shim's fetch does. */
  readonly fetch: Fetch;
  /** The same with a key that the endpoint must reject; left out where the endpoint asks for none. */
  readonly wrongKeyFetch?: Fetch;
  /** Gives the shim's notes since the last call, and forgets them. */
  readonly takeNotes?: () => readonly Note[];
}

/** Settings of {@link createCandidate}: those of the shim's `createFetch`, and how reports name the candidate. */
export interface CandidateOptions extends FetchOptions {
  readonly name?: string;
}

/** Thrown when the settings name no endpoint to compare with. */
export class CandidateError extends Error {
  override readonly name = 'CandidateError';
}

/**
 * Puts an endpoint behind the shim, as the migrated app has it. Settings missing here come from `MIGRATE_LLM_*` and `migrate-llm.config.json`.
 * Throws {@link CandidateError} when they put calls back on OpenAI, and the shim's `ShimConfigError`.
 */
export function createCandidate({ name, ...options }: CandidateOptions = {}): Candidate {
  const inner: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const notes: Note[] = [];
  const onNote = (note: Note): void => {
    notes.push(note);
    options.onNote?.(note);
  };
  const fetch = createFetch({ ...options, onNote, fetch: inner });
  if (fetch === inner)
    throw new CandidateError(
      'the settings put calls back on OpenAI (target "openai"), so there is no candidate to compare; unset MIGRATE_LLM_TARGET or name another target',
    );
  const wrongKey = withWrongKey(options);
  return {
    name: name ?? nameTarget(options),
    fetch,
    ...(wrongKey === undefined ? {} : { wrongKeyFetch: createFetch({ ...wrongKey, onNote, fetch: inner }) }),
    takeNotes: () => notes.splice(0),
  };
}

function withWrongKey(options: FetchOptions): FetchOptions | undefined {
  const { target, targets } = options;
  const held = typeof target === 'string' ? targets?.[target] : target;
  if (held === undefined || (held.apiKey === undefined && held.apiKeyEnv === undefined)) return undefined;
  const wrong: TargetOption = {
    ...(held.baseURL === undefined ? {} : { baseURL: held.baseURL }),
    ...(held.dialect === undefined ? {} : { dialect: held.dialect }),
    apiKey: 'wrong-key-sent-on-purpose',
  };
  return { ...options, target: wrong };
}

function nameTarget({ target }: FetchOptions): string {
  if (typeof target === 'string') return target;
  return (
    target?.baseURL ?? process.env['MIGRATE_LLM_BASE_URL'] ?? process.env['MIGRATE_LLM_TARGET'] ?? 'configured target'
  );
}

/** A candidate's reply: an answer, or why there is none. */
export type Reply =
  | { readonly answer: Answer; readonly timing: Timing }
  | { readonly failure: 'unreachable' | 'broken' | 'timeout'; readonly what: string };

/** Sends a recorded request to a fetch and reads the whole answer; never throws. */
export async function askCandidate(fetch: Fetch, { request }: Exchange, timeoutMs: number): Promise<Reply> {
  const signal = AbortSignal.timeout(timeoutMs);
  const from = performance.now();
  const hasBody = request.body !== null && request.body !== undefined;
  let response: Response;
  try {
    response = await fetch(`https://api.openai.com/v1${request.path}`, {
      method: request.method,
      // Recorded keys are redacted; the shim sends the target's own.
      headers: { 'content-type': 'application/json', authorization: 'Bearer replayed' },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      signal,
    });
  } catch (error) {
    if (signal.aborted) return { failure: 'timeout', what: `no answer within ${timeoutMs / 1000} s` };
    return { failure: 'unreachable', what: describeFailure(error) };
  }
  try {
    const { text, firstMs } = await readText(response, from);
    return {
      answer: readAnswer(response.status, response.headers.get('content-type'), text),
      timing: { firstMs, totalMs: Math.round(performance.now() - from) },
    };
  } catch (error) {
    if (signal.aborted) return { failure: 'timeout', what: `the answer did not end within ${timeoutMs / 1000} s` };
    return { failure: 'broken', what: describeFailure(error) };
  }
}

/** Says why a request failed, with the causes that the platform hides behind "fetch failed". */
async function readText(
  response: Response,
  from: number,
): Promise<{ readonly text: string; readonly firstMs: number }> {
  const decoder = new TextDecoder();
  let text = '';
  let firstMs = 0;
  for await (const piece of response.body ?? []) {
    firstMs ||= Math.round(performance.now() - from);
    text += decoder.decode(piece, { stream: true });
  }
  return { text: text + decoder.decode(), firstMs };
}

export function describeFailure(error: unknown): string {
  const causes: string[] = [];
  for (let at = error; at instanceof Error && causes.length < 4; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    causes.push(at.message || code);
  }
  return causes.filter(Boolean).join(': ') || String(error);
}
