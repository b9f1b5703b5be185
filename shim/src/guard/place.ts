import type { Dialect } from '../dialect.ts';
import type { Ask } from '../transport.ts';
import type { GuardSettings } from './settings.ts';

/** Where the guard model stands, as a call's own parts say it of the call's target. */
export interface GuardPlace {
  readonly ask: Ask;
  readonly dialect: Dialect;
  readonly model: string;
  readonly baseURL: string;
}

/** The guard of one call. */
export interface Guard {
  readonly settings: GuardSettings;
  /** Finds the guard's endpoint; asked once per call, and only when something is judged. */
  readonly open: () => Promise<GuardPlace>;
}
