/** A fault that no case finds, and why none is meant to. */
interface Uncaught {
  readonly fault: string;
  readonly reason: string;
}

/** What the suite is known not to see; a fault that is found after all has to leave this list. */
export const uncaught: readonly Uncaught[] = [];
