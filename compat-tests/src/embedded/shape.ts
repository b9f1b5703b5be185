/** Keys whose values belong to the shape: they say what kind of thing an object is. */
const KIND_KEYS = new Set(['object', 'type', 'role', 'finish_reason', 'status', 'code', 'encoding_format', 'owned_by']);

/**
 * What an answer looks like, whatever it says: keys in order of the alphabet, types for values, one entry for each different element of a list.
 * Values of keys that name a kind (`object`, `finish_reason`, …) are kept.
 */
export function readShape(value: unknown, key = ''): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const different = new Map(value.map((item) => [JSON.stringify(readShape(item)), readShape(item)]));
    return [...different.keys()].sort().map((text) => different.get(text));
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([name, item]) => [name, readShape(item, name)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return KIND_KEYS.has(key) ? value : typeof value;
}

/** Events of a stream as `{event, data}`, `[DONE]` as it is. */
export function readEvents(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const { data = '' } = fields;
      return { ...fields, data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) };
    });
}

/** Shape of a stream: the first and the last event, and every different one between. */
export function readStreamShape(text: string): unknown {
  const events = readEvents(text);
  return { first: readShape(events[0]), last: readShape(events.at(-1)), all: readShape(events) };
}
