import { isObject, readObjects } from '../json.ts';
import { type Found, readHeaders } from './found.ts';
import { decodeBody, dropEncoding, type Importer, readBody, toBytes } from './source.ts';

/** Cassettes of vcrpy (pytest-recording). Source: https://github.com/kevin1024/vcrpy/blob/master/vcr/serialize.py, checked 2026-11-23 */
export const vcrpy: Importer = {
  id: 'vcrpy',
  summary: 'cassettes of vcrpy, YAML or JSON; they keep no times',
  detects: (source) =>
    readInteractions(source.yaml()).some(({ request }) => isObject(request) && typeof request['uri'] === 'string'),
  read: function* (source) {
    for (const { request, response } of readInteractions(source.yaml())) {
      if (!isObject(request) || !isObject(response)) {
        yield { skipped: 'an interaction without a request or an answer' };
        continue;
      }
      const headers = readHeaders(response['headers']);
      const parsed = response['parsed_body'];
      const status = response['status'];
      yield {
        url: String(request['uri']),
        method: String(request['method']),
        at: headers['date'],
        requestHeaders: readHeaders(request['headers']),
        body: readBody(request['parsed_body'] ?? request['body']),
        status: Number(isObject(status) ? status['code'] : status),
        headers: dropEncoding(headers),
        answer:
          parsed === undefined
            ? decodeBody(readText(response['body'] ?? response['content']), headers['content-encoding'])
            : toBytes(JSON.stringify(parsed)),
        lacks: parsed === undefined ? [] : ['bytes'],
      } satisfies Found;
    }
  },
};

function readInteractions(yaml: unknown): ReturnType<typeof readObjects> {
  return isObject(yaml) ? readObjects(yaml['interactions']) : [];
}

/** A body is a text, bytes, or one of them under `string` or `base64_string`. */
function readText(body: unknown): Uint8Array {
  if (isObject(body) && typeof body['base64_string'] === 'string')
    return new Uint8Array(Buffer.from(body['base64_string'], 'base64'));
  const held = isObject(body) && !(body instanceof Uint8Array) ? body['string'] : body;
  if (held instanceof Uint8Array) return held;
  return toBytes(typeof held === 'string' ? held : '');
}
