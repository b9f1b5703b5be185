import { type EndpointRequest, writeJson } from '../endpoint.ts';
import type { Put } from '../faults/wire/fault.ts';

const errors: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
};

/** Refuses the first `times` of each request with an HTTP status, as a busy service does, so that an app's retries can be tested. */
export function failFirst(status: number, times = 1): Put {
  const seen = new Map<string, number>();
  return (endpoint) => (request) => {
    const key = keyOf(request);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    if (count >= times) return endpoint(request);
    const [type, code] = errors[status] ?? [status >= 500 ? 'server_error' : 'invalid_request_error', null];
    const error = { message: `refused on purpose (${count + 1} of ${times})`, type, param: null, code };
    return Promise.resolve(writeJson(status, { error }, status === 429 ? { 'retry-after-ms': '1' } : {}));
  };
}

const keyOf = ({ method, path, query, text }: EndpointRequest): string => `${method} ${path}${query} ${text}`;
