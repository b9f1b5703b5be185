/** Something written into a store; `null` takes the key out. */
export interface StoreEntry {
  readonly key: string;
  readonly value: string | null;
  /** Milliseconds since 1970; `null` keeps it until it is taken out. */
  readonly expiresAt: number | null;
}

/**
 * Where responses and conversations live: texts under keys, ordered by key, one space per tenant that no other tenant sees.
 * A write is whole or not there, also when the process dies.
 */
export interface Store {
  get(tenant: string, key: string): Promise<string | undefined>;
  /** Writes all entries or none. */
  put(tenant: string, entries: readonly StoreEntry[]): Promise<void>;
  /** Lists what starts with `prefix`, in key order. */
  list(
    tenant: string,
    prefix: string,
    range: {
      readonly limit: number;
      readonly descending: boolean;
      /** Begins behind this key. */
      readonly after?: string | undefined;
    },
  ): Promise<ReadonlyArray<{ readonly key: string; readonly value: string }>>;
  close(): Promise<void>;
}

/** The first key that no longer starts with `prefix`. Keys are ASCII. */
export function endOfPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}
