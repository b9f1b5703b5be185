/** Lets a number of holders in at once; the others wait in the order they came. */
export function createSlotQueue(slots: number) {
  const waiting: Array<() => void> = [];
  let free = slots;
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    /** Runs `work` once there is a slot, and gives the slot back when it has settled. */
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
