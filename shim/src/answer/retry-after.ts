import type { ErrorBody } from './error-body.ts';

const dayMs = 86_400_000;

/**
 * Reads how long the endpoint asks to wait, milliseconds; `undefined` where it does not say, or says it in a header the SDK reads itself.
 * Sources: the message ("try again in 7.66s"), `estimated_time` of Hugging Face, and `x-ratelimit-reset*` of the limit that is used up
 * (Groq `2m59.56s`, Cerebras seconds, Together seconds, OpenRouter a time in milliseconds), as recorded, checked 2026-11-23.
 */
export function readRetryAfter(
  status: number,
  { message, retryAfter }: ErrorBody,
  headers: Headers,
  nowMs = Date.now(),
): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  if (headers.has('retry-after') || headers.has('retry-after-ms')) return undefined;
  const said =
    /(?:try again|retry|wait)\b[^.]{0,20}?\b(?:in|after|for) (?:about )?((?:\d+(?:\.\d+)?\s*[a-z]+\s*)+)/i.exec(
      message,
    )?.[1];
  const wait =
    (said === undefined ? undefined : readDuration(said)) ??
    (retryAfter === undefined ? undefined : retryAfter * 1000) ??
    readReset(headers, nowMs);
  return wait === undefined || !Number.isFinite(wait) || wait < 0 || wait > dayMs ? undefined : Math.ceil(wait);
}

/** Reads `7.66s`, `2m59.56s`, `11ms`, `30 seconds` or bare seconds, as milliseconds. */
function readDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Number(text) * 1000;
  let total = 0;
  let found = false;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const scale = scaleOf((unit ?? '').toLowerCase());
    if (scale === undefined) return found ? total : undefined;
    total += Number(amount) * scale;
    found = true;
  }
  return found ? total : undefined;
}

function scaleOf(unit: string): number | undefined {
  if (/^(ms|milliseconds?)$/.test(unit)) return 1;
  if (/^(s|secs?|seconds?)$/.test(unit)) return 1000;
  if (/^(m|mins?|minutes?)$/.test(unit)) return 60_000;
  return /^(h|hours?)$/.test(unit) ? 3_600_000 : undefined;
}

/** The reset of a limit counts only where that limit is used up: others reset later or sooner. */
function readReset(headers: Headers, nowMs: number): number | undefined {
  let longest: number | undefined;
  headers.forEach((value, name) => {
    if (!name.startsWith('x-ratelimit-reset')) return;
    const left = headers.get(name.replace('-reset', '-remaining'));
    if (left === null || Number(left) > 0) return;
    const wait = /^\d{10}(\d{3})?$/.test(value) ? Number(value.padEnd(13, '0')) - nowMs : readDuration(value);
    if (wait !== undefined && wait >= 0 && wait > (longest ?? -1)) longest = wait;
  });
  return longest;
}
