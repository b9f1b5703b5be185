import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store, StoreEntry } from './store.ts';

const entry = (key: string, value: string | null, expiresAt: number | null = null): StoreEntry => ({
  key,
  value,
  expiresAt,
});
const all = { limit: 100, descending: false };

/** What every store holds to. `open` starts an empty one whose clock is `now`. */
export function testStore(open: (now: () => number) => Promise<Store>): void {
  let store: Store;
  let clock = 1_000_000;
  beforeAll(async () => {
    store = await open(() => clock);
  });
  afterAll(() => store.close());

  test('what is written is read, whatever is in it', async () => {
    const value = JSON.stringify({ text: 'naïve 🦙 "quotes" \n \u0001', long: 'x'.repeat(300_000) });
    await store.put('a', [entry('response/1', value)]);
    expect(await store.get('a', 'response/1')).toBe(value);
    expect(await store.get('a', 'response/2')).toBeUndefined();
    await store.put('a', [entry('response/1', 'new')]);
    expect(await store.get('a', 'response/1')).toBe('new');
    await store.put('a', [entry('response/1', null)]);
    expect(await store.get('a', 'response/1')).toBeUndefined();
  });

  test('a tenant sees nothing of another', async () => {
    await store.put('b', [entry('item/1', 'mine')]);
    expect(await store.get('c', 'item/1')).toBeUndefined();
    expect(await store.list('c', 'item/', all)).toEqual([]);
    await store.put('c', [entry('item/1', null)]);
    expect(await store.get('b', 'item/1')).toBe('mine');
  });

  test('a list is in key order, both ways, page by page', async () => {
    const keys = ['x/1', 'x/10', 'x/2', 'x/a', 'x/B'];
    await store.put(
      'd',
      [...keys, 'w/1', 'y/1', 'x0'].map((key) => entry(key, `v${key}`)),
    );
    const sorted = keys.toSorted();
    const read = async (more: object) => (await store.list('d', 'x/', { ...all, ...more })).map(({ key }) => key);
    expect(await read({})).toEqual(sorted);
    expect(await read({ descending: true })).toEqual(sorted.toReversed());
    expect(await read({ limit: 2 })).toEqual(sorted.slice(0, 2));
    expect(await read({ limit: 2, after: sorted[1] })).toEqual(sorted.slice(2, 4));
    expect(await read({ limit: 2, descending: true, after: sorted[2] })).toEqual([sorted[1], sorted[0]]);
    expect(await read({ after: sorted.at(-1) })).toEqual([]);
    expect((await store.list('d', 'x/', { ...all, limit: 1 }))[0]?.value).toBe('vx/1');
  });

  test('what has expired is gone', async () => {
    await store.put('e', [entry('t/1', 'short', clock + 10), entry('t/2', 'long', clock + 1000), entry('t/3', 'ever')]);
    clock += 11;
    expect(await store.get('e', 't/1')).toBeUndefined();
    expect((await store.list('e', 't/', all)).map(({ key }) => key)).toEqual(['t/2', 't/3']);
    await store.put('e', [entry('t/4', 'x')]);
    clock += 1000;
    expect((await store.list('e', 't/', all)).map(({ key }) => key)).toEqual(['t/3', 't/4']);
  });

  test('many writes at once all count', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `m/${String(index).padStart(2, '0')}`);
    await Promise.all(keys.map((key) => store.put('f', [entry(key, key), entry(`n/${key}`, key)])));
    expect((await store.list('f', 'm/', all)).map(({ key }) => key)).toEqual(keys);
    expect(await store.list('f', 'n/', all)).toHaveLength(40);
  });

  test('values that look like SQL are values', async () => {
    const nasty = "'; DROP TABLE migrate_llm; --";
    await store.put(nasty, [entry('k', nasty)]);
    expect(await store.get(nasty, 'k')).toBe(nasty);
  });
}
