import type { DialectId } from './manifest/index.ts';
import type { LimitsConfig } from './route/limits.ts';
import type { TargetRules } from './target-rules.ts';

/** A target with everything settled. */
export interface Target {
  readonly id: string;
  readonly dialect: DialectId | 'auto';
  /** Without a slash at the end. */
  readonly baseURL: string;
  readonly apiKey: string | undefined;
  /** The caller gave this base URL together with the client's own key and headers, so they may go there. */
  readonly keepsCredentials: boolean;
  readonly limits?: LimitsConfig | undefined;
  readonly rules?: TargetRules | undefined;
}

/** Where a call can go: a target, or OpenAI itself, untranslated and with the caller's own key. */
export type Destination = Target | 'openai';

/** Gives the id a destination has in the settings. */
export function nameDestination(destination: Destination): string {
  return destination === 'openai' ? 'openai' : destination.id;
}

/** Tells whether an address lies on one of OpenAI's own origins, where the caller's key may go. */
export function isOpenAIOrigin(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return protocol === 'https:' && /(^|\.)openai\.com$/.test(hostname);
  } catch {
    return false;
  }
}
