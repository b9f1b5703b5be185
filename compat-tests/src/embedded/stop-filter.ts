/** Holds back text that may turn out to be the beginning of a stop string, and drops the stop string and all after it. */
export function createStopFilter(stops: readonly string[]) {
  let held = '';
  let stopped = false;
  return {
    /** Takes new text; returns what is certain to be before any stop string. */
    push(text: string): string {
      if (stopped) return '';
      held += text;
      const ends = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      if (ends.length > 0) {
        stopped = true;
        const safe = held.slice(0, Math.min(...ends));
        held = '';
        return safe;
      }
      let keep = 0;
      for (const stop of stops) {
        for (let length = Math.min(stop.length - 1, held.length); length > keep; length--) {
          if (held.endsWith(stop.slice(0, length))) keep = length;
        }
      }
      const safe = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return safe;
    },
    /** The generation is over: returns what was held back, as no stop string came of it. */
    flush(): string {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** The text up to the first stop string in it. */
export function cutAtStop(text: string, stops: readonly string[]): string {
  const filter = createStopFilter(stops);
  return filter.push(text) + filter.flush();
}
