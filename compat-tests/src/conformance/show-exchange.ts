import type { Observation } from './observation.ts';
import type { SeenExchange } from './result.ts';

/** Longest text of a body in a report, characters. */
const textLimit = 16_384;
const secretHeaders = /^(?:authorization|proxy-authorization|api-key|x-api-key|cookie|set-cookie)$/i;

/** Writes an observation for reports: keys hidden, long texts cut. */
export function showExchange(seen: Observation, secrets: readonly string[]): SeenExchange {
  const hide = (text: string) =>
    secrets.filter((secret) => secret.length >= 6).reduce((all, secret) => all.replaceAll(secret, '***'), text);
  const { request, status, headers, text, pieces, failure, durationMs } = seen;
  return {
    request: {
      method: request.method,
      path: request.path,
      headers: hideHeaders(request.headers, hide),
      body: showBody(request.body, hide),
    },
    response:
      status === 0
        ? null
        : {
            status,
            headers: hideHeaders(headers, hide),
            text: hide(cut(text)),
            chunkMs: pieces.slice(0, 500).map(({ ms }) => ms),
          },
    failure: failure === null ? null : hide(failure.what),
    durationMs: Math.round(durationMs),
  };
}

function hideHeaders(headers: Readonly<Record<string, string>>, hide: (text: string) => string) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretHeaders.test(name) ? '***' : hide(value)]),
  );
}

function showBody(body: unknown, hide: (text: string) => string): unknown {
  if (body === null) return null;
  const text = hide(typeof body === 'string' ? body : JSON.stringify(body));
  if (text.length > textLimit) return cut(text);
  return typeof body === 'string' ? text : (JSON.parse(text) as unknown);
}

function cut(text: string): string {
  return text.length > textLimit ? `${text.slice(0, textLimit)}… (${text.length - textLimit} characters more)` : text;
}
