import { badJson } from './bad-json.ts';
import type { Fault } from './fault.ts';
import { lostToolCall } from './lost-tool-call.ts';
import { swallowedError } from './swallowed-error.ts';
import { wrongFinish } from './wrong-finish.ts';

export type { Fault } from './fault.ts';

/** The faults that can be put before an endpoint. */
export const faults: readonly Fault[] = [lostToolCall, wrongFinish, badJson, swallowedError];

/** Finds a fault by id; `undefined` when there is none. */
export function findFault(id: string): Fault | undefined {
  return faults.find((fault) => fault.id === id);
}
