/**
 * Turns Ctrl-C and a polite kill into an abort while files are being written, so that they can be put back.
 * @returns what `action` returns; the signal is set once somebody asked to stop.
 */
export async function catchInterrupts<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, stop);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
