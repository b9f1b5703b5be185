import { describe, expect, test } from 'vitest';
import { createMemoryStore } from './memory.ts';
import { testStore } from './store.test-table.ts';

describe('memory', () => {
  testStore(async (now) => createMemoryStore(10_000_000, now));
});

test('over its limit the oldest go first', async () => {
  const store = createMemoryStore(10);
  const put = (key: string) => store.put('t', [{ key, value: '12345', expiresAt: null }]);
  await put('a');
  await put('b');
  await put('a');
  await put('c');
  expect(await store.get('t', 'b')).toBeUndefined();
  expect(await store.get('t', 'a')).toBe('12345');
  expect(await store.get('t', 'c')).toBe('12345');
});
