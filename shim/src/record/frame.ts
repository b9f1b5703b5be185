import type { ExchangeFrame } from '../capture.ts';
import type { ReadRequest } from '../client-request.ts';
import { parseJson } from '../wire.ts';

/** What an exchange is made of before its answer is there. */
export interface FrameParts {
  readonly request: ReadRequest;
  /** Path below the base URL. */
  readonly path: string;
  readonly text: string;
  readonly requestedModel: string;
  readonly callSite: string | undefined;
  /** Id of who answers. */
  readonly target: string;
}

/** Request headers that say something of the call and nothing of the caller. */
const kept =
  /^(content-type|accept|openai-beta|x-stainless-(lang|package-version|os|arch|runtime|runtime-version|helper-method|retry-count))$/;

/** Makes the part of an exchange that stands before the answer comes. A body that is no text (an upload) is left out: `null`. */
export function frameExchange({ request, path, text, requestedModel, callSite, target }: FrameParts): ExchangeFrame {
  const headers = Object.fromEntries(
    request.headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => kept.test(name)),
  );
  return {
    id: crypto.randomUUID(),
    recordedAt: new Date().toISOString(),
    provenance: 'recorded',
    target,
    model: requestedModel === '' ? null : requestedModel,
    callSite: callSite ?? null,
    sdk: readSdk(request),
    request: { method: request.method, path, headers, body: text === '' ? null : (parseJson(text) ?? text) },
  };
}

/** Reads the SDK and its version from its own headers. Source: openai@7.57.0 internal/detect-platform, checked 2026-11-23. */
function readSdk({ headers }: ReadRequest): string | null {
  const find = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const version = find('x-stainless-package-version');
  if (version !== undefined) return `openai@${version}`;
  return find('user-agent') ?? null;
}
