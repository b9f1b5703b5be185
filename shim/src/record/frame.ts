import type { ExchangeFrame } from '../capture.ts';
import type { ReadRequest } from '../client-request.ts';
import { parseJson } from '../wire.ts';

/** What an exchange is made of before its answer is there. */
export interface FrameParts {
  readonly request: Pick<ReadRequest, 'method' | 'headers'>;
  /** Path below the base URL. */
  readonly path: string;
  readonly text: string;
  readonly requestedModel: string;
  readonly callSite: string | undefined;
  /** Id of who answers. */
  readonly target: string;
}

/** The part of an exchange that stands before the answer comes, its body as the text it is. */
export interface Draft extends Omit<ExchangeFrame, 'request'> {
  readonly request: Omit<ExchangeFrame['request'], 'body'>;
  /** '' where the body is no text (an upload), or there is none. */
  readonly text: string;
}

/** Request headers that say something of the call and nothing of the caller. */
const kept =
  /^(content-type|accept|openai-beta|x-stainless-(lang|package-version|os|arch|runtime|runtime-version|helper-method|retry-count))$/;

/** Drafts an exchange: nothing in it takes time, since it is made in the app's own thread. */
export function draftExchange({ request, path, text, requestedModel, callSite, target }: FrameParts): Draft {
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
    request: { method: request.method, path, headers },
    text,
  };
}

/** Reads the body of a draft. One that is no text (an upload) is left out: `null`. */
export function readDraft({ text, request, ...rest }: Draft): ExchangeFrame {
  return { ...rest, request: { ...request, body: text === '' ? null : (parseJson(text) ?? text) } };
}

/** Makes the part of an exchange that stands before the answer comes. */
export function frameExchange(parts: FrameParts): ExchangeFrame {
  return readDraft(draftExchange(parts));
}

/** Reads the SDK and its version from its own headers; those of other languages name theirs. Source: openai@7.57.0 internal/detect-platform, checked 2026-11-23. */
function readSdk({ headers }: FrameParts['request']): string | null {
  const find = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const version = find('x-stainless-package-version');
  const language = find('x-stainless-lang') ?? 'js';
  if (version !== undefined) return `openai${language === 'js' ? '' : `-${language}`}@${version}`;
  return find('user-agent') ?? null;
}
