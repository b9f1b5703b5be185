import type OpenAI from 'openai';
import * as openai7 from 'openai';
import * as openai4 from 'openai4';
import * as openai5 from 'openai5';
import * as openai6 from 'openai6';
import { defineShim } from './client.ts';

/** Constructor of a client, typed as openai 7's: the calls of these tests are the same on every major. */
type ClientClass = typeof OpenAI & (new (options?: object) => OpenAI);

/** One SDK major, bare and through the shim. */
export interface Major {
  readonly name: 'openai4' | 'openai5' | 'openai6' | 'openai7';
  readonly sdk: typeof openai7;
  readonly Bare: ClientClass;
  readonly Shim: ClientClass;
}

const sdks = { openai4, openai5, openai6, openai7 };

/** Every major the shim supports. */
export const majors: readonly Major[] = Object.entries(sdks).map(([name, sdk]) => ({
  name: name as Major['name'],
  sdk: sdk as unknown as typeof openai7,
  Bare: sdk.OpenAI as unknown as ClientClass,
  Shim: defineShim(sdk).OpenAI as unknown as ClientClass,
}));

/** The chat helpers (`parse`, `stream`, `runTools`), which openai 4 keeps under `beta`. */
export function chatHelpers(client: OpenAI): OpenAI['chat']['completions'] {
  const beta = client.beta as unknown as { readonly chat?: { readonly completions: OpenAI['chat']['completions'] } };
  return beta.chat?.completions ?? client.chat.completions;
}
