import { isObject } from '../wire.ts';
import { cardPattern, phonePattern } from './kinds.ts';
import { isMadePhone, type Pseudonyms } from './pseudonym.ts';
import { redactTree } from './redact-exchange.ts';
import type { Redaction } from './redact-text.ts';

const zero = (value: string): string => value.replace(/\d/g, '0');

/** The same for every value of a kind and form. */
const blanks: Pseudonyms = {
  name: (_kind, _value, prefix = '') => `${prefix}REDACTED${'0'.repeat(24)}`,
  nameEmail: () => `p${'0'.repeat(12)}@redacted.example`,
  namePhone: zero,
  nameCard: zero,
  nameIban: (value) => value.slice(0, 2) + zero(value.slice(2)).replace(/[A-Z]/g, 'X'),
  nameSsn: zero,
  nameJwt: () => `eyJhbGciOiJub25lIn0.e30.REDACTED${'0'.repeat(24)}`,
};

/** Pseudonyms as a recording has them, which redaction leaves alone. */
const recorded: ReadonlyArray<readonly [RegExp, (match: string) => string]> = [
  [/eyJhbGciOiJub25lIn0\.[\w-]+\.REDACTED[0-9a-f]{24}/g, () => blanks.nameJwt('')],
  [/REDACTED[0-9a-f]{24}/g, () => blanks.name('', '')],
  [/p[0-9a-f]{12}@redacted\.example/g, () => blanks.nameEmail('')],
  [phonePattern, (match) => (isMadePhone(match) ? zero(match) : match)],
  [cardPattern, (match) => (/^\d00000/.test(match.replace(/\D/g, '')) ? zero(match) : match)],
  [/(?<![\w.-])3000([ -]?)00\d{4}\1\d{5}(?![\w-])/g, zero],
  [/(?<![\w-])9\d{2}-\d{2}-\d{4}(?![\w-])/g, zero],
];

/**
 * Puts one and the same in place of every credential and personal value, and of every pseudonym of them: a request as the app makes it and the
 * same request as it stands in a recording become equal, without the recording's key. `patterns` are those that were recorded with.
 */
export function blankPersonal(value: unknown, patterns: Readonly<Record<string, string>> = {}): unknown {
  const redaction: Redaction = {
    pseudonyms: blanks,
    keep: [],
    secrets: [],
    patterns: Object.entries(patterns).map(([name, text]) => [name, new RegExp(text, 'gu')] as const),
  };
  return blankTree(redactTree(value, redaction, {}));
}

function blankTree(value: unknown): unknown {
  if (typeof value === 'string')
    return recorded.reduce((text, [pattern, make]) => text.replace(pattern, (match) => make(match)), value);
  if (Array.isArray(value)) return value.map(blankTree);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blankTree(item)]));
}
