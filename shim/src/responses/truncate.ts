import type { WireObject } from '../wire.ts';

/** Leaves out the older half of a history's turns; instructions and the last turn stay. `undefined` when nothing can go. */
export function dropOldest(messages: readonly WireObject[]): readonly WireObject[] | undefined {
  const isInstruction = ({ role }: WireObject) => role === 'system' || role === 'developer';
  // A turn begins with a user's message, so that no call loses its output.
  const starts = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
  if (starts.length < 2) return undefined;
  const from = starts[Math.ceil(starts.length / 2)] ?? starts[starts.length - 1];
  return messages.filter((message, index) => isInstruction(message) || index >= (from as number));
}
