import { type Call, readText } from '../call.ts';
import { parseJson } from '../wire.ts';
import { readModelList } from './models.ts';

const deadlineMs = 2000;
const keptMs = 300_000;
const failureKeptMs = 10_000;

interface Listed {
  readonly names: Promise<readonly string[] | undefined>;
  /** Until when it is believed; milliseconds since 1970. */
  until: number;
}

const listed = new Map<string, Listed>();

/** Names of the models an endpoint has, asked at most once in five minutes; `undefined` when it does not say within two seconds. */
export function listEndpointModels(
  call: Pick<Call, 'ask' | 'baseURL'>,
  nowMs = Date.now(),
): Promise<readonly string[] | undefined> {
  const held = listed.get(call.baseURL);
  if (held !== undefined && held.until > nowMs) return held.names;
  const entry: Listed = { names: withDeadline(readNames(call)), until: nowMs + keptMs };
  listed.set(call.baseURL, entry);
  void entry.names.then((names) => {
    if (names === undefined) entry.until = nowMs + failureKeptMs;
  });
  return entry.names;
}

async function readNames({ ask }: Pick<Call, 'ask'>): Promise<readonly string[] | undefined> {
  try {
    const response = await ask('/models', { method: 'GET', body: null });
    const text = await readText(response);
    return response.status < 400 ? readModelList(parseJson(text))?.map(({ id }) => id) : undefined;
  } catch {
    // The list only helps to explain another error, which goes to the app in any case.
    return undefined;
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
