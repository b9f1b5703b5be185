import type { JsonObject } from '../json.ts';

/** What an instance of the reference endpoint remembers between requests. */
export interface State {
  /** A new id: the prefix and 24 letters and digits, never twice. */
  readonly createId: (prefix: string) => string;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Counts the answers of open questions, so that each comes out another way. */
  turns: number;
  readonly responses: Map<string, StoredResponse>;
  readonly conversations: Map<string, { readonly item: JsonObject; items: readonly JsonObject[] }>;
  readonly files: Map<string, { readonly item: JsonObject; readonly text: string }>;
  readonly batches: Map<string, { item: JsonObject; readonly input: string; asked: number }>;
  /** Answers by idempotency key, with the body that made them. */
  readonly repeated: Map<string, { readonly text: string; readonly item: JsonObject }>;
}

/** A response that was kept, with the items it answered. */
interface StoredResponse {
  item: JsonObject;
  readonly input: readonly JsonObject[];
}

/** Starts with nothing remembered; ids and times are the same in every run. */
export function createState(): State {
  let ids = 0;
  return {
    createId: (prefix) => {
      ids += 1;
      return prefix + `Ref${ids.toString(36)}x`.padEnd(24, 'q7Zr2M');
    },
    now: () => 1_790_000_000,
    turns: 0,
    responses: new Map(),
    conversations: new Map(),
    files: new Map(),
    batches: new Map(),
    repeated: new Map(),
  };
}

/** Picks the way an open question is answered: fixed at temperature 0, fixed by a seed, else new each time. */
export function createVariety(state: State, body: JsonObject, choice: number): number {
  const { temperature, seed } = body;
  if (temperature === 0) return 0;
  if (typeof seed === 'number') return Math.abs(Math.trunc(seed)) + choice;
  state.turns += 1;
  return state.turns;
}
