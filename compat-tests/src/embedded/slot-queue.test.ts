import { expect, test } from 'vitest';
import { createSlotQueue } from './slot-queue.ts';

test('no more run at once than there are slots, first come first served, failures give their slot back', async () => {
  const queue = createSlotQueue(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, index) =>
      queue.run(async () => {
        order.push(index);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5 - (index % 5)));
        running--;
        if (index % 3 === 0) throw new Error(`failed ${index}`);
        return index;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(results.map(({ status }) => status)).toEqual(
    Array.from({ length: 9 }, (_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
  );

  // All slots are free again.
  let entered = 0;
  let leave = () => {};
  const gate = new Promise<void>((resolve) => (leave = resolve));
  const two = [1, 2].map(() => queue.run(() => (entered++, gate)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(entered).toBe(2);
  leave();
  await Promise.all(two);
});
