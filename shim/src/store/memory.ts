import type { Store } from './store.ts';

interface Held {
  readonly value: string;
  readonly expiresAt: number | null;
}

/** A store in this process's memory. Over `maxBytes` of text the entries written longest ago go first. */
export function createMemoryStore(maxBytes: number, now: () => number = Date.now): Store {
  const tenants = new Map<string, Map<string, Held>>();
  let bytes = 0;

  const remove = (space: Map<string, Held>, key: string): void => {
    const held = space.get(key);
    if (held === undefined) return;
    bytes -= held.value.length;
    space.delete(key);
  };
  const read = (space: Map<string, Held> | undefined, key: string): Held | undefined => {
    const held = space?.get(key);
    if (space === undefined || held === undefined) return undefined;
    if (held.expiresAt === null || held.expiresAt > now()) return held;
    remove(space, key);
    return undefined;
  };
  const shrink = (): void => {
    for (const space of tenants.values())
      for (const key of space.keys()) {
        if (bytes <= maxBytes) return;
        remove(space, key);
      }
  };

  return {
    get: async (tenant, key) => read(tenants.get(tenant), key)?.value,
    async put(tenant, entries) {
      const space = tenants.get(tenant) ?? new Map<string, Held>();
      tenants.set(tenant, space);
      for (const { key, value, expiresAt } of entries) {
        remove(space, key);
        if (value === null) continue;
        space.set(key, { value, expiresAt });
        bytes += value.length;
      }
      shrink();
    },
    async list(tenant, prefix, { limit, descending, after }) {
      const space = tenants.get(tenant);
      const keys = [...(space?.keys() ?? [])].filter((key) => key.startsWith(prefix)).sort();
      if (descending) keys.reverse();
      const rest = after === undefined ? keys : keys.filter((key) => (descending ? key < after : key > after));
      return rest
        .flatMap((key) => {
          const held = read(space, key);
          return held === undefined ? [] : [{ key, value: held.value }];
        })
        .slice(0, limit);
    },
    async close() {
      tenants.clear();
      bytes = 0;
    },
  };
}
