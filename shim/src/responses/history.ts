import { refuseMissing, refuseRequest } from '../refusal.ts';
import { isObject, parseJson, type WireObject } from '../wire.ts';
import type { Store, StoreEntry } from '../store/store.ts';
import type { Item } from './item.ts';

/** Responses and conversations of one tenant in a store. */
export interface Archive {
  /** Everything said before a response: the inputs and outputs of the chain that ends with `id`. Throws a `Refusal` when a link is gone. */
  readChain(id: string): Promise<readonly Item[]>;
  readResponse(id: string): Promise<StoredResponse | undefined>;
  readItem(id: string): Promise<Item | undefined>;
  /** Keeps a response with its input; where it belongs to a conversation both become items of it, all in one write. */
  keepResponse(record: StoredResponse): Promise<void>;
  removeResponse(id: string): Promise<boolean>;
  readConversation(id: string): Promise<WireObject | undefined>;
  keepConversation(conversation: WireObject, items?: readonly Item[]): Promise<void>;
  removeConversation(id: string): Promise<boolean>;
  readConversationItem(conversation: string, id: string): Promise<Item | undefined>;
  removeConversationItem(conversation: string, id: string): Promise<boolean>;
  listConversationItems(conversation: string, page: Page): Promise<readonly Item[]>;
  addConversationItems(conversation: string, items: readonly Item[]): Promise<void>;
}

/** Which part of a list is asked for; `after` is an item's id. */
export interface Page {
  readonly limit: number;
  readonly descending: boolean;
  readonly after?: string | undefined;
}

/** A response as it is kept: with the input of its own call. */
interface StoredResponse {
  readonly response: WireObject & { readonly id: string };
  readonly input: readonly Item[];
  readonly previousId: string | undefined;
  readonly conversationId: string | undefined;
}

/** Turns in one chain at most: a circle in a damaged store must end. */
const maxTurns = 10_000;

/** Opens a tenant's archive. Responses go after `ttlMs`, conversations stay until they are deleted. */
export function openArchive(store: Store, tenant: string, ttlMs: number, now: () => number = Date.now): Archive {
  const read = async (key: string): Promise<WireObject | undefined> => {
    const value = parseJson((await store.get(tenant, key)) ?? '');
    return isObject(value) ? value : undefined;
  };
  const entry = (key: string, value: unknown, expiresAt: number | null): StoreEntry => ({
    key,
    value: JSON.stringify(value),
    expiresAt,
  });
  const gone = (key: string): StoreEntry => ({ key, value: null, expiresAt: null });
  const readResponse = async (id: string) => (await read(`response/${id}`)) as StoredResponse | undefined;
  const itemPrefix = (conversation: string) => `conversation-item/${conversation}/`;
  const placeItems = (conversation: string, items: readonly Item[]): StoreEntry[] =>
    items.flatMap((item) => {
      const key = `${itemPrefix(conversation)}${nextOrdinal(now())}`;
      return [entry(key, item, null), entry(`item/${item.id}`, { conversation, key }, null)];
    });
  const readPlace = async (conversation: string, id: string): Promise<string | undefined> => {
    const place = await read(`item/${id}`);
    return place?.['conversation'] === conversation ? String(place['key']) : undefined;
  };

  return {
    readResponse,
    async readChain(id) {
      const turns: Array<readonly Item[]> = [];
      for (let next: string | undefined = id; next !== undefined && turns.length < maxTurns;) {
        const record: StoredResponse | undefined = await readResponse(next);
        if (record === undefined)
          throw refuseRequest(
            next === id
              ? `Previous response with id '${id}' not found.`
              : `Previous response with id '${id}' builds on '${next}', which is not found: it has expired or was deleted.`,
            'previous_response_id',
            'previous_response_not_found',
          );
        if (record.conversationId !== undefined)
          turns.push(await this.listConversationItems(record.conversationId, { limit: maxTurns, descending: false }));
        else turns.push([...record.input, ...(record.response['output'] as readonly Item[])]);
        next = record.conversationId === undefined ? record.previousId : undefined;
      }
      return turns.toReversed().flat();
    },
    async readItem(id) {
      const place = await read(`item/${id}`);
      if (place === undefined) return undefined;
      if (typeof place['key'] === 'string') return (await read(place['key'])) as Item | undefined;
      const record = await readResponse(String(place['response']));
      const output = (record?.response['output'] ?? []) as readonly Item[];
      return [...(record?.input ?? []), ...output].find((item) => item.id === id);
    },
    async keepResponse(record) {
      const { response, input, conversationId } = record;
      const expiresAt = now() + ttlMs;
      const items = [...input, ...(response['output'] as readonly Item[])];
      await store.put(tenant, [
        entry(`response/${response.id}`, record, expiresAt),
        ...(conversationId === undefined
          ? items.map(({ id }) => entry(`item/${id}`, { response: response.id }, expiresAt))
          : placeItems(conversationId, items)),
      ]);
    },
    async removeResponse(id) {
      const record = await readResponse(id);
      if (record === undefined) return false;
      const items = [...record.input, ...(record.response['output'] as readonly Item[])];
      await store.put(tenant, [
        gone(`response/${id}`),
        ...(record.conversationId === undefined ? items.map((item) => gone(`item/${item.id}`)) : []),
      ]);
      return true;
    },
    readConversation: (id) => read(`conversation/${id}`),
    async keepConversation(conversation, items = []) {
      const id = String(conversation['id']);
      await store.put(tenant, [entry(`conversation/${id}`, conversation, null), ...placeItems(id, items)]);
    },
    async removeConversation(id) {
      if ((await read(`conversation/${id}`)) === undefined) return false;
      await store.put(tenant, [gone(`conversation/${id}`)]);
      for (;;) {
        const some = await store.list(tenant, itemPrefix(id), { limit: 500, descending: false });
        if (some.length === 0) return true;
        await store.put(
          tenant,
          some.flatMap(({ key, value }) => [gone(key), gone(`item/${String((parseJson(value) as Item).id)}`)]),
        );
      }
    },
    async readConversationItem(conversation, id) {
      const key = await readPlace(conversation, id);
      return key === undefined ? undefined : ((await read(key)) as Item | undefined);
    },
    async removeConversationItem(conversation, id) {
      const key = await readPlace(conversation, id);
      if (key === undefined) return false;
      await store.put(tenant, [gone(key), gone(`item/${id}`)]);
      return true;
    },
    async listConversationItems(conversation, { limit, descending, after }) {
      const from = after === undefined ? undefined : await readPlace(conversation, after);
      if (after !== undefined && from === undefined)
        throw refuseMissing(`Item with id '${after}' not found in conversation '${conversation}'.`, 'after');
      const found = await store.list(tenant, itemPrefix(conversation), { limit, descending, after: from });
      return found.map(({ value }) => JSON.parse(value) as Item);
    },
    addConversationItems: (conversation, items) => store.put(tenant, placeItems(conversation, items)),
  };
}

let lastMs = 0;
let count = 0;

/** A key that sorts behind all this process made before, and by time among those of others. */
function nextOrdinal(nowMs: number): string {
  count = nowMs > lastMs ? 0 : count + 1;
  lastMs = Math.max(nowMs, lastMs);
  const random = Math.floor(Math.random() * 1e6);
  return `${String(lastMs).padStart(15, '0')}-${String(count).padStart(6, '0')}-${String(random).padStart(6, '0')}`;
}
