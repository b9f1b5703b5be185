import { isObject, readObjects } from '../json.ts';
import { type Found, readHeaders } from './found.ts';
import { decodeBody, dropEncoding, type Importer, readBody, toBytes } from './source.ts';

/** Cassettes of Ruby's VCR. Source: https://github.com/vcr/vcr/blob/master/lib/vcr/structs.rb, checked 2026-11-23 */
export const rubyVcr: Importer = {
  id: 'ruby-vcr',
  summary: 'cassettes of Ruby’s VCR; they keep no times',
  detects: (source) => readInteractions(source.yaml()).length > 0,
  read: function* (source) {
    for (const { request, response, recorded_at: at } of readInteractions(source.yaml())) {
      if (!isObject(request) || !isObject(response)) {
        yield { skipped: 'an interaction without a request or an answer' };
        continue;
      }
      const headers = readHeaders(response['headers']);
      const status = response['status'];
      yield {
        url: String(request['uri']),
        method: String(request['method']),
        at: at instanceof Date ? at.toISOString() : String(at ?? headers['date'] ?? ''),
        requestHeaders: readHeaders(request['headers']),
        body: readBody(readHeld(request['body'])),
        status: Number(isObject(status) ? status['code'] : status),
        headers: dropEncoding(headers),
        answer: decodeBody(readHeld(response['body']), headers['content-encoding']),
        lacks: [],
      } satisfies Found;
    }
  },
};

function readInteractions(yaml: unknown): ReturnType<typeof readObjects> {
  return isObject(yaml) ? readObjects(yaml['http_interactions']) : [];
}

function readHeld(body: unknown): Uint8Array {
  if (!isObject(body)) return new Uint8Array();
  const { string, base64_string: base64 } = body;
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'));
  return string instanceof Uint8Array ? string : toBytes(typeof string === 'string' ? string : '');
}
