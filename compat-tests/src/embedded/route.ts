import type { ServerResponse } from 'node:http';
import type { Engine } from './engine.ts';
import type { Body } from './fields.ts';

/** What a route gets. */
interface RouteCall {
  readonly engine: Engine;
  readonly body: Body;
  readonly response: ServerResponse;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
  readonly options: { readonly embeddings: boolean };
  /** How many other requests are being answered. */
  readonly busySlots: number;
}

/** Answers one request; a throw becomes an error in llama-server's form. */
export type Route = (call: RouteCall) => Promise<void>;
