const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns Ctrl-C and a polite kill into an abort while files are being written, so that they can be put back.
 * @returns what `action` returns; the signal is set once somebody asked to stop.
 */
export async function catchInterrupts<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const name of names) process.on(name, stop);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of names) process.off(name, stop);
  }
}

/** Waits until somebody asks the program to stop: Ctrl-C, a polite kill, a closed terminal. */
export function waitForInterrupt(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const name of names) process.off(name, stop);
      resolve();
    };
    for (const name of names) process.on(name, stop);
  });
}
