import { describe, expect, test } from 'vitest';
import { ask, json } from './ask.test-endpoint.ts';

describe('how long to wait', () => {
  const wait = async (status: number, body: unknown, headers: Record<string, string> = {}) => {
    const { headers: got } = await ask({}, [json(body, status, headers)]);
    return [got.get('retry-after'), got.get('retry-after-ms')];
  };
  const limited = { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } };

  test.each<[string, number, unknown, Record<string, string>, string | null, string | null]>([
    [
      'in words',
      429,
      { error: { message: 'Rate limit reached. Please try again in 7.66s. Visit …' } },
      {},
      '8',
      '7660',
    ],
    [
      'in minutes',
      429,
      { error: { message: 'Rate limit reached. Please try again in 2m59.5s.' } },
      {},
      '180',
      '179500',
    ],
    ['in words for seconds', 429, { detail: 'Too many requests, retry after 30 seconds' }, {}, '30', '30000'],
    [
      'the limit that is used up',
      429,
      limited,
      {
        'x-ratelimit-reset-requests': '2m0s',
        'x-ratelimit-remaining-requests': '5',
        'x-ratelimit-reset-tokens': '497ms',
        'x-ratelimit-remaining-tokens': '0',
      },
      '1',
      '497',
    ],
    [
      'Cerebras’ seconds',
      429,
      limited,
      { 'x-ratelimit-reset-tokens-minute': '37.26', 'x-ratelimit-remaining-tokens-minute': '0' },
      '38',
      '37260',
    ],
    ['a model that loads', 503, { error: 'Model x is currently loading', estimated_time: 20 }, {}, '20', '20000'],
    [
      'limits with room say nothing',
      429,
      limited,
      { 'x-ratelimit-reset-requests': '2m0s', 'x-ratelimit-remaining-requests': '5' },
      null,
      null,
    ],
    [
      'the endpoint’s own header is kept',
      429,
      { error: { message: 'try again in 9s' } },
      { 'retry-after': '2' },
      '2',
      null,
    ],
    ['an error that time does not heal', 400, { error: { message: 'try again in 9s' } }, {}, null, null],
    ['words that are no time', 429, { error: { message: 'Please try again in your next life' } }, {}, null, null],
  ])('%s', async (_, status, body, headers, seconds, ms) => {
    expect(await wait(status, body, headers)).toEqual([seconds, ms]);
  });

  test('a time of day', async () => {
    const [seconds] = await wait(429, limited, {
      'x-ratelimit-reset': String(Date.now() + 40_000),
      'x-ratelimit-remaining': '0',
    });
    expect(Number(seconds)).toBeGreaterThan(37);
    expect(Number(seconds)).toBeLessThanOrEqual(40);
  });

  test('an empty balance is not tried again, a failed generation is', async () => {
    const retried = async (status: number, body: unknown) =>
      (await ask({}, [json(body, status)])).headers.get('x-should-retry');
    expect(await retried(402, { error: 'Insufficient Balance' })).toBe('false');
    expect(await retried(424, { error: 'x', error_type: 'generation' })).toBeNull();
  });
});
