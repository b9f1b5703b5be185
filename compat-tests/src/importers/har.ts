import { isObject, parseJson, readObjects } from '../json.ts';
import { type Found, readHeaders } from './found.ts';
import { decodeBody, dropEncoding, type Importer, readBody, toBytes } from './source.ts';

/** HTTP archives of browsers and proxies, and Polly.js. Source: http://www.softwareishard.com/blog/har-12-spec/, checked 2026-11-23 */
export const har: Importer = {
  id: 'har',
  summary: 'HTTP archives (browsers, proxies, Polly.js); they keep one time for a whole stream',
  detects: (source) => readEntries(source.json()) !== undefined,
  read: function* (source) {
    for (const { request, response, startedDateTime, time } of readEntries(source.json()) ?? []) {
      if (!isObject(request) || !isObject(response)) {
        yield { skipped: 'an entry without a request or an answer' };
        continue;
      }
      const { postData, url, method } = request;
      const headers = readHeaders(response['headers']);
      const content = isObject(response['content']) ? response['content'] : {};
      if (typeof content['text'] !== 'string' && Number(content['size'] ?? 0) > 0) {
        yield { skipped: 'an entry whose answer was not kept (save the archive with content)' };
        continue;
      }
      yield {
        url: String(url),
        method: String(method),
        at: String(startedDateTime),
        tookMs: typeof time === 'number' && time >= 0 ? time : undefined,
        requestHeaders: readHeaders(request['headers']),
        body: readBody(isObject(postData) ? postData['text'] : undefined),
        status: Number(response['status']),
        headers: dropEncoding(
          headers['content-type'] === undefined && typeof content['mimeType'] === 'string'
            ? { ...headers, 'content-type': content['mimeType'] }
            : headers,
        ),
        answer: readContent(content, headers['content-encoding']),
        lacks: [],
      } satisfies Found;
    }
  },
};

function readEntries(json: unknown): ReturnType<typeof readObjects> | undefined {
  const log = isObject(json) ? json['log'] : undefined;
  return isObject(log) && Array.isArray(log['entries']) ? readObjects(log['entries']) : undefined;
}

/** Polly writes binary bodies as a list of encoded pieces, which are as compressed as they came. */
function readContent(
  { text, encoding }: Readonly<Record<string, unknown>>,
  compression: string | undefined,
): Uint8Array {
  if (typeof text !== 'string') return new Uint8Array();
  if (encoding !== 'base64' && encoding !== 'hex') return toBytes(text);
  const pieces = text.startsWith('[') ? parseJson(text) : [text];
  const parts = Array.isArray(pieces) ? pieces.map((piece) => Buffer.from(String(piece), encoding)) : [];
  return decodeBody(new Uint8Array(Buffer.concat(parts)), compression);
}
