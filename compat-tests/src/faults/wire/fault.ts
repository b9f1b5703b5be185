import type { Endpoint } from '../../endpoint.ts';

/** The weight of the case that has to find a fault: `must` where a stock client breaks, `should` where users see a difference. */
type FaultLevel = 'must' | 'should';

/** Puts something before an endpoint; what it is not about passes by as the very same object. */
export type Put = (endpoint: Endpoint) => Endpoint;

/** A way in which an endpoint is broken on the wire; the conformance suite must find each. */
export interface WireFault {
  readonly id: string;
  readonly level: FaultLevel;
  readonly summary: string;
  /** Where it was met: `<provider> <group>.<measure>` of the traffic this kit was calibrated on, or the address of an issue. */
  readonly seen: readonly string[];
  readonly put: Put;
}

/** A way in which sound endpoints differ; the conformance suite must not mind it. */
export interface Variation {
  readonly id: string;
  readonly summary: string;
  readonly put: Put;
}
