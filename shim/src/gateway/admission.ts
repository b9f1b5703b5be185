import { isCrooked } from './hygiene.ts';
import type { Incoming } from './incoming.ts';
import { isKey, readKey } from './key.ts';

const methods = ['GET', 'POST', 'DELETE'];

/** Why a request is not let in. */
export type Rejection = readonly [
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
];

/** Looks at everything but the body, so that a stranger's body is not read; `undefined` lets the request in. */
export function admitRequest({ method, url, headers }: Incoming, key: string | undefined): Rejection | undefined {
  if (key !== undefined && !isKey(readKey(headers), key))
    return [
      401,
      'invalid_api_key',
      readKey(headers) === ''
        ? 'no API key: send the key of this gateway as "Authorization: Bearer …"'
        : 'the API key is not the key of this gateway',
      { 'www-authenticate': 'Bearer' },
    ];
  if (!methods.includes(method))
    return [405, 'method_not_allowed', `${method} is not served here`, { allow: methods.join(', ') }];
  if (!/^\/v1\/./.test(url.pathname) || isCrooked(url.pathname))
    return [404, 'unknown_url', `unknown URL (${method} ${url.pathname.slice(0, 200)}); the API is below /v1/`];
  if (headers.has('upgrade') && /websocket/i.test(headers.get('upgrade') ?? ''))
    return [400, 'unsupported_endpoint', 'WebSockets are not served; use the HTTP endpoints'];
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity')
    return [
      415,
      'unsupported_encoding',
      `content-encoding ${encoding.slice(0, 40)} is not read; send the body as it is`,
    ];
  return undefined;
}
