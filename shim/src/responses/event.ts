import type { WireObject } from '../wire.ts';

/** One event of a Responses stream: `type`, `sequence_number` and its own fields. */
export type ResponseEvent = WireObject & { readonly type: string; readonly sequence_number: number };

/** Emits an event with the next sequence number. */
export type Emit = (type: string, fields: WireObject) => void;
