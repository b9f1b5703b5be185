/** Time and chance, so that a test can have its own. */
export interface Clock {
  /** Milliseconds; only differences mean something. */
  readonly now: () => number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Runs something once after a while; gives back what calls it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** The platform's own. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits; an abort ends the wait early with its reason. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', give);
      resolve();
    });
    if (signal?.aborted === true) give();
    else signal?.addEventListener('abort', give, { once: true });
  });
}
