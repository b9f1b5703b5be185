/** Header names whose value opens a door. */
const secretHeader = /^(?:proxy-)?authorization$|cookie|(?:^|[-_])(?:key|token|secret|password|credential)s?$/i;
/** Keys of the shapes that OpenAI and its competitors give. */
const key = /\b(?:sk|gsk|hf|xai|pplx|nvapi|r8)[-_][A-Za-z0-9_-]{12,}|\bAIza[A-Za-z0-9_-]{30,}/g;
const shown = '***';
/** A shorter value is found in innocent words. */
const shortest = 6;

/**
 * A report that may be passed on: values of headers that open a door are hidden wherever they stand (an endpoint may say a wrong
 * key back), and so is what looks like a key. The run hides its own keys already; a report from a file may be anybody's.
 */
export function hideKeys<Report extends object>(report: Report): Report {
  const secrets = new Set<string>();
  const read = JSON.parse(JSON.stringify(report), (name, value: unknown) => {
    if (name !== 'headers' || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([header, text]) => {
        if (!secretHeader.test(header) || typeof text !== 'string' || text === shown) return [header, text as unknown];
        // Of "Bearer abc" the second word is the secret.
        secrets.add(text.replace(/^[A-Za-z]+ +/, ''));
        return [header, shown];
      }),
    );
  }) as Report;
  const hidden = [...secrets].filter((secret) => secret.length >= shortest);
  return JSON.parse(JSON.stringify(read), (_name, value: unknown) =>
    typeof value === 'string'
      ? hidden.reduce((text, secret) => text.replaceAll(secret, shown), value).replace(key, shown)
      : value,
  ) as Report;
}
