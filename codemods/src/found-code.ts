import type { Code } from './code.ts';
import type { Construction } from './constructions.ts';
import type { Site } from './sites.ts';
import type { EndpointUse } from './touchpoints.ts';

/** The code with all that was found in it, before anything is decided. */
export interface FoundCode extends Code {
  /** Where files name `openai`. */
  readonly sites: readonly Site[];
  /** The endpoint calls. */
  readonly uses: readonly EndpointUse[];
  readonly constructions: readonly Construction[];
}
