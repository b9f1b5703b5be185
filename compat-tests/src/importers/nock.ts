import { isObject, readObjects } from '../json.ts';
import { type Found, readHeaders } from './found.ts';
import { decodeBody, dropEncoding, type Importer, readBody, toBytes } from './source.ts';

/** Definitions that nock records. Source: https://github.com/nock/nock/blob/main/lib/recorder.js, checked 2026-11-23 */
export const nock: Importer = {
  id: 'nock',
  summary: 'definitions that nock recorded; they keep no times and dates, and write JSON answers again',
  detects: (source) => {
    const [first] = readObjects(source.json());
    return typeof first?.['scope'] === 'string' && typeof first['path'] === 'string' && 'response' in first;
  },
  read: function* (source) {
    for (const { scope, path, method, body, status, response, ...rest } of readObjects(source.json())) {
      const headers = readHeaders(rest['rawHeaders'] ?? rest['headers']);
      const answer = readAnswer(response, rest['responseIsBinary'] === true, headers['content-encoding']);
      yield {
        url: `${String(scope).replace(/:(443|80)$/, '')}${String(path)}`,
        method: String(method ?? 'GET'),
        at: headers['date'],
        requestHeaders: readHeaders(rest['reqheaders']),
        body: readBody(body),
        status: Number(status ?? 200),
        headers: dropEncoding(headers),
        answer,
        lacks: typeof response === 'string' || Array.isArray(response) ? [] : ['bytes'],
      } satisfies Found;
    }
  },
};

/** JSON comes parsed, text as text, binary and compressed answers as hex, in pieces or whole. */
function readAnswer(response: unknown, isBinary: boolean, encoding: string | undefined): Uint8Array {
  const isHex = (part: unknown): boolean => typeof part === 'string' && /^([0-9a-f]{2})*$/i.test(part);
  const pieces = Array.isArray(response) ? response : [response];
  if ((isBinary || encoding !== undefined) && pieces.length > 0 && pieces.every(isHex))
    return decodeBody(new Uint8Array(Buffer.from(pieces.join(''), 'hex')), encoding);
  if (typeof response === 'string') return toBytes(response);
  return response === undefined || response === null || (isObject(response) && Object.keys(response).length === 0)
    ? new Uint8Array()
    : toBytes(JSON.stringify(response));
}
