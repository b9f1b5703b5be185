import type { Target } from './target.ts';
import type { Report } from './report.ts';

/** Names that carry the caller's OpenAI identity or the SDK's telemetry. */
const openaiOnly =
  /^(authorization|proxy-authorization|api-key|openai-.*|x-stainless-.*|cookie|cookie2|host|content-length)$/;
/** Names under which people put credentials of their own, meant for whoever answered so far. */
const credentialLike = /(auth|token|secret|session|cookie|(^|[-_])(api|access)?[-_]?key$)/;

/** Values that must not reach a target. */
export interface Secrets {
  readonly secrets: readonly string[];
}

/** Makes the headers of a request to a target: nothing that identifies the caller at OpenAI, and the target's own key. */
export function cleanHeaders(
  given: Iterable<readonly [string, string]>,
  target: Target,
  { secrets }: Secrets,
  report: Report,
): Headers {
  const out = new Headers();
  for (const [name, value] of given) {
    const key = name.toLowerCase();
    if (key === 'content-length' || key === 'host') continue;
    if (!target.keepsCredentials) {
      if (openaiOnly.test(key)) continue;
      if ((credentialLike.test(key) && key !== 'idempotency-key') || secrets.some((secret) => value.includes(secret))) {
        report.add({
          code: 'header-dropped',
          severity: 'info',
          where: 'request.headers',
          what: `${key} left out`,
          why: 'it may be a credential that was not meant for the target',
          fix: 'Name the target’s key in apiKeyEnv',
        });
        continue;
      }
    }
    out.set(name, value);
  }
  if (target.apiKey !== undefined) out.set('authorization', `Bearer ${target.apiKey}`);
  return out;
}

/** Headers under which endpoints give a request's id. Source: the providers' recorded answers, checked 2026-11-23. */
const requestIds = [
  'x-request-id',
  'request-id',
  'x-groq-id',
  'opc-request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'cf-ray',
];

/** Makes the headers of an answer: upstream's, but for what described its bytes, and the request id where the SDK looks for it. */
export function answerHeaders(given: Headers | undefined, contentType: string): Headers {
  const out = new Headers();
  given?.forEach((value, name) => {
    if (!/^(content-(encoding|length|type)|transfer-encoding|connection|keep-alive|set-cookie)$/.test(name))
      out.set(name, value);
  });
  const id = requestIds.map((name) => given?.get(name)).find((value) => typeof value === 'string' && value !== '');
  if (typeof id === 'string') out.set('x-request-id', id);
  out.set('content-type', contentType);
  return out;
}

/** Lists the headers of a request in whatever form a client gave them. */
export function listHeaders(given: unknown): ReadonlyArray<readonly [string, string]> {
  if (given === undefined || given === null) return [];
  if (typeof (given as Headers).forEach === 'function' && !Array.isArray(given)) {
    const out: Array<[string, string]> = [];
    (given as Headers).forEach((value, name) => out.push([name, value]));
    return out;
  }
  if (Array.isArray(given)) return given as ReadonlyArray<readonly [string, string]>;
  return Object.entries(given as Record<string, unknown>).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)] as const],
  );
}
