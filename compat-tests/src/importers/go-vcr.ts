import { isObject, readObjects } from '../json.ts';
import { type Found, readHeaders } from './found.ts';
import { decodeBody, dropEncoding, type Importer, readBody, toBytes } from './source.ts';

/** Cassettes of go-vcr. Source: https://github.com/dnaeon/go-vcr/blob/v4/pkg/cassette/cassette.go, checked 2026-11-23 */
export const goVcr: Importer = {
  id: 'go-vcr',
  summary: 'cassettes of go-vcr; of a stream they keep the time to its headers only',
  detects: (source) =>
    readInteractions(source.yaml()).some(({ request }) => isObject(request) && typeof request['url'] === 'string'),
  read: function* (source) {
    for (const { request, response } of readInteractions(source.yaml())) {
      if (!isObject(request) || !isObject(response)) {
        yield { skipped: 'an interaction without a request or an answer' };
        continue;
      }
      const headers = readHeaders(response['headers']);
      const { body } = response;
      yield {
        url: String(request['url']),
        method: String(request['method'] || 'GET'),
        at: headers['date'],
        tookMs: readDuration(response['duration']),
        requestHeaders: readHeaders(request['headers']),
        body: readBody(request['body']),
        status: Number(response['code']),
        headers: dropEncoding(headers),
        answer: decodeBody(
          body instanceof Uint8Array ? body : toBytes(typeof body === 'string' ? body : ''),
          headers['content-encoding'],
        ),
        lacks: [],
      } satisfies Found;
    }
  },
};

function readInteractions(yaml: unknown): ReturnType<typeof readObjects> {
  return isObject(yaml) ? readObjects(yaml['interactions']) : [];
}

/** Go writes durations as `1.2s`, `345.6ms`, or `1m2.5s`. */
function readDuration(text: unknown): number | undefined {
  const parts = [...String(text ?? '').matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)];
  if (parts.length === 0) return undefined;
  const unit: Readonly<Record<string, number>> = { h: 3.6e6, m: 6e4, s: 1e3, ms: 1, µs: 1e-3, us: 1e-3, ns: 1e-6 };
  return parts.reduce((sum, [, number, name]) => sum + Number(number) * (unit[name ?? ''] ?? 0), 0);
}
