/** What of a stream's items a guard looks at. */
export interface HeldForm<T> {
  /** Adds an item's words to what has been said by choice; tells how many characters that were. */
  readonly read: (item: T) => number;
  /** Judges what has been said since the last time; the choices that must not go on. */
  readonly review: () => Promise<ReadonlySet<number>>;
  /** The item without what belongs to stopped choices; `undefined` when nothing is left. */
  readonly keep: (item: T, stopped: ReadonlySet<number>) => T | undefined;
  /** What ends a choice that was stopped. */
  readonly end: (choice: number) => T;
  /** All choices are stopped: nothing more can come. */
  readonly isOver: (stopped: ReadonlySet<number>) => boolean;
}

/** How long words may be held back. */
export interface HeldBounds {
  /** Characters. */
  readonly window: number;
  readonly holdMs: number;
}

const late = Symbol('late');

/**
 * Lets items out only once the words in them are judged: after so many characters, or once they have waited so long, or at the end.
 * Items without words pass at once where none are waiting, so that order stays.
 */
export async function* holdBack<T>(
  batches: AsyncGenerator<readonly T[], void, void>,
  { read, review, keep, end, isOver }: HeldForm<T>,
  { window, holdMs }: HeldBounds,
): AsyncGenerator<readonly T[], void, void> {
  const held: T[] = [];
  const stopped = new Set<number>();
  let waiting = 0;
  let since = 0;
  let next: ReturnType<typeof batches.next> | undefined;
  try {
    for (;;) {
      next ??= batches.next();
      const result = waiting === 0 ? await next : await race(next, holdMs - (performance.now() - since));
      if (result !== late) {
        next = undefined;
        const batch = result.done === true ? [] : result.value;
        for (const item of batch) {
          const kept = keep(item, stopped);
          if (kept === undefined) continue;
          const count = read(kept);
          if (waiting === 0 && count > 0) since = performance.now();
          waiting += count;
          held.push(kept);
        }
      }
      const isDone = result !== late && result.done === true;
      if (waiting > 0 && !isDone && result !== late && waiting < window) continue;
      if (waiting > 0) {
        const fresh = [...(await review())].filter((choice) => !stopped.has(choice));
        for (const choice of fresh) stopped.add(choice);
        waiting = 0;
        const out = held.splice(0).flatMap((item) => keep(item, stopped) ?? []);
        const all = [...out, ...fresh.map(end)];
        if (all.length > 0) yield all;
        if (isOver(stopped)) return;
      } else if (held.length > 0) yield held.splice(0);
      if (isDone) return;
    }
  } finally {
    // A pull that fails after the end is no news.
    next?.catch(() => undefined);
    void batches.return().catch(() => undefined);
  }
}

async function race<R>(pending: Promise<R>, ms: number): Promise<R | typeof late> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), Math.max(0, ms));
  });
  try {
    return await Promise.race([pending, wait]);
  } finally {
    clearTimeout(timer);
  }
}
