import { type Exchange, keyRequest } from '@migrate-llm/shim/exchange';
import { blankPersonal } from '@migrate-llm/shim/record';
import { isObject, quoteText } from '../json.ts';

/** A request as replay compares it. */
export interface AskedRequest {
  readonly method: string;
  /** Path below the base URL, with its query. */
  readonly path: string;
  readonly body: unknown;
}

/** A place where two requests differ, as `messages[1].content`, with what stands there. */
export interface Difference {
  readonly place: string;
  /** `undefined` where there is nothing. */
  readonly recorded: string | undefined;
  readonly asked: string | undefined;
}

/** A request that no exchange answers, and the recorded one nearest to it. */
export interface Miss {
  readonly method: string;
  readonly path: string;
  readonly nearest: string | null;
  /** Places where the bodies differ. */
  readonly differs: readonly string[];
  readonly differences: readonly Difference[];
}

/** Finds recorded exchanges by what was asked. */
export interface Matcher {
  /** The next answer to a request. */
  readonly take: (asked: AskedRequest) => Exchange | undefined;
  readonly describeMiss: (asked: AskedRequest) => Miss;
  /** Exchanges that answered nothing yet. */
  readonly unused: () => readonly Exchange[];
}

/** Fields that say who asks, and nothing of what: an app fills them anew in each run. */
const volatile = ['user', 'metadata', 'safety_identifier', 'prompt_cache_key'];

/** What equal requests are, and the answers left for them. */
interface Queue {
  waiting: Exchange[];
}

/**
 * Makes a matcher: requests are equal by method, path and body, whatever the order of keys and the fields that name the caller, and in a
 * second look whatever the personal data, since recordings hold pseudonyms. `ignore` are more places that do not count, as `messages[0].content` or `input[*].id`.
 */
export function createMatcher(
  exchanges: readonly Exchange[],
  {
    ignore = [],
    patterns = {},
  }: { readonly ignore?: readonly string[]; readonly patterns?: Readonly<Record<string, string>> },
): Matcher {
  const places = [...volatile, ...ignore].map(splitPlace);
  const strip = ({ method, path, body }: AskedRequest): AskedRequest => ({
    method: method.toUpperCase(),
    path,
    body: places.reduce(removeAt, body),
  });
  const exact = new Map<string, Queue>();
  const used = new Set<Exchange>();
  for (const exchange of exchanges) {
    const key = keyRequest(strip(exchange.request));
    const queue = exact.get(key) ?? { waiting: [] };
    queue.waiting.push(exchange);
    exact.set(key, queue);
  }
  const blank = ({ method, path, body }: AskedRequest): string =>
    keyRequest({ method, path, body: blankPersonal(body, patterns) });
  let blanked: Map<string, Queue> | undefined;
  /** Looking through the personal data of every recording takes time, so it waits for a request that needs it. */
  const findBlanked = (asked: AskedRequest): Queue | undefined => {
    if (blanked === undefined) {
      blanked = new Map();
      // Requests that differ by nothing else are one here, and get their answers in turn.
      for (const exchange of exchanges) {
        const key = blank(strip(exchange.request));
        const queue = blanked.get(key) ?? { waiting: [] };
        queue.waiting.push(exchange);
        blanked.set(key, queue);
      }
    }
    return blanked.get(blank(asked));
  };
  return {
    take: (given) => {
      const whole = strip(given);
      const bare = { ...whole, path: whole.path.replace(/\?.*$/s, '') };
      const queue =
        exact.get(keyRequest(whole)) ?? exact.get(keyRequest(bare)) ?? findBlanked(whole) ?? findBlanked(bare);
      const next = queue?.waiting[0];
      if (queue === undefined || next === undefined) return undefined;
      const later = queue.waiting.slice(1);
      // A last answer stays for good; an error before it was met once, as the app met it.
      if (later.length > 0) queue.waiting = isError(next) || !later.every(isError) ? later : [...later, next];
      used.add(next);
      return next;
    },
    describeMiss: (given) => {
      const asked = strip(given);
      const path = asked.path.replace(/\?.*$/s, '');
      const [nearest] = exchanges
        .filter(
          ({ request }) => request.method.toUpperCase() === asked.method && request.path.replace(/\?.*$/s, '') === path,
        )
        .map(({ id, request }) => ({ id, differences: findDifferences(strip(request).body, asked.body) }))
        .sort((a, b) => a.differences.length - b.differences.length);
      const differences = nearest?.differences ?? [];
      return {
        method: asked.method,
        path: given.path,
        nearest: nearest?.id ?? null,
        differs: differences.map(({ place }) => place),
        differences,
      };
    },
    unused: () => exchanges.filter((exchange) => !used.has(exchange)),
  };
}

const isError = ({ response }: Exchange): boolean => response.status >= 400;

/** `messages[0].content` as its steps; `[*]` is every item. */
function splitPlace(place: string): readonly string[] {
  return place.replace(/\[(\d+|\*)\]/g, '.$1').split('.');
}

function removeAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value))
    return value.map((item, at) => (step === '*' || step === String(at) ? removeAt(item, rest) : item));
  if (!isObject(value) || !(step in value)) return value;
  const { [step]: held, ...others } = value;
  return rest.length === 0 ? others : { ...others, [step]: removeAt(held, rest) };
}

function findDifferences(recorded: unknown, asked: unknown, place = ''): Difference[] {
  if (Array.isArray(recorded) && Array.isArray(asked))
    return Array.from({ length: Math.max(recorded.length, asked.length) }, (_, at) =>
      findDifferences(recorded[at], asked[at], `${place}[${at}]`),
    ).flat();
  if (isObject(recorded) && isObject(asked))
    return [...new Set([...Object.keys(recorded), ...Object.keys(asked)])].flatMap((key) =>
      findDifferences(recorded[key], asked[key], place === '' ? key : `${place}.${key}`),
    );
  const [one, other] = [recorded, asked].map((value) => JSON.stringify(value));
  if (one === other) return [];
  return [{ place: place || 'the body', recorded: show(one), asked: show(other) }];
}

function show(text: string | undefined): string | undefined {
  return text === undefined
    ? undefined
    : quoteText(text, 60)
        .slice(1, -1)
        .replaceAll(String.raw`\"`, '"');
}
