import {
  assignedPattern,
  cardPattern,
  credentialKinds,
  emailPattern,
  ibanPattern,
  jwtPattern,
  pemPattern,
  phonePattern,
  schemePattern,
  ssnPattern,
  userinfoPattern,
} from './kinds.ts';
import { applyEdits, dropOverlaps, type Edit } from './edit.ts';
import { findEncoded } from './encodings.ts';
import { passesIban, passesLuhn, type Pseudonyms } from './pseudonym.ts';
import type { PersonalKind } from './settings.ts';

/** What a recording goes without. */
export interface Redaction {
  readonly pseudonyms: Pseudonyms;
  readonly keep: readonly PersonalKind[];
  readonly patterns: ReadonlyArray<readonly [name: string, pattern: RegExp]>;
  /** Exact values: the keys in use. */
  readonly secrets: readonly string[];
  /** Looks for `patterns` and nothing else. */
  readonly patternsOnly?: boolean;
}

/** Encodings inside encodings are followed so deep. */
const maxDepth = 4;

/** Finds what must go from a text, in order, without overlaps: as it stands, and inside base64, hex, percent encoding and escapes. */
export function findEdits(text: string, redaction: Redaction, depth = 0): readonly Edit[] {
  if (text.length < 4) return [];
  const found = findPlain(text, redaction);
  if (depth < maxDepth) {
    const inner = (decoded: string): string | undefined => {
      const edits = findEdits(decoded, redaction, depth + 1);
      return edits.length === 0 ? undefined : applyEdits(decoded, edits);
    };
    found.push(...findEncoded(text, inner));
  }
  return dropOverlaps(found);
}

function findPlain(text: string, { pseudonyms, keep, patterns, secrets, patternsOnly = false }: Redaction): Edit[] {
  const { name } = pseudonyms;
  const found: Edit[] = [];
  const scan = (
    kind: string,
    pattern: RegExp,
    make: (match: RegExpMatchArray) => Omit<Edit, 'kind'> | undefined,
  ): void => {
    for (const match of text.matchAll(pattern)) {
      const edit = make(match);
      if (edit !== undefined) found.push({ ...edit, kind });
    }
  };
  const whole =
    (make: (value: string) => string, holds: (value: string) => boolean = () => true) =>
    (match: RegExpMatchArray): Omit<Edit, 'kind'> | undefined => {
      const [value] = match;
      const made = holds(value) ? make(value) : value;
      const start = match.index ?? 0;
      return made === value ? undefined : { start, end: start + value.length, text: made };
    };

  for (const secret of secrets)
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
      found.push({ start: at, end: at + secret.length, text: name('configured', secret), kind: 'configured' });
  for (const [kind, pattern] of patterns)
    scan(
      `custom:${kind}`,
      pattern,
      whole(
        (value) => name(kind, value, `${kind}-`),
        (value) => value !== '',
      ),
    );
  if (patternsOnly) return found;
  if (text.includes('-----BEGIN '))
    scan('private-key', pemPattern, (match) =>
      whole(
        (value) => `-----BEGIN ${match[1]}-----${name('private-key', value)}-----END ${match[1]}-----`,
        isFresh,
      )(match),
    );
  if (text.includes('eyJ')) scan('jwt', jwtPattern, whole(pseudonyms.nameJwt, isFresh));
  for (const { kind, trigger, pattern } of credentialKinds)
    if (text.includes(trigger))
      scan(kind, pattern, (match) => whole((value) => name(kind, value, match[1]), isFresh)(match));
  const after = (kind: string, holds: (value: string) => boolean) => (match: RegExpMatchArray) => {
    const [all, , value = ''] = match;
    const end = (match.index ?? 0) + all.length;
    return isFresh(value) && holds(value) ? { start: end - value.length, end, text: name(kind, value) } : undefined;
  };
  if (/bearer|basic|token|apikey/i.test(text)) scan('authorization', schemePattern, after('authorization', looksMade));
  scan('assigned', assignedPattern, after('assigned', looksMade));
  if (text.includes('://'))
    scan(
      'userinfo',
      userinfoPattern,
      after('userinfo', () => true),
    );

  if (text.includes('@') && !keep.includes('email')) scan('email', emailPattern, whole(pseudonyms.nameEmail));
  if (/\d{2}/.test(text)) {
    if (!keep.includes('card'))
      scan(
        'card',
        cardPattern,
        whole(pseudonyms.nameCard, (value) => passesLuhn(value) && !/^\d00000/.test(value.replace(/\D/g, ''))),
      );
    if (!keep.includes('iban')) scan('iban', ibanPattern, whole(pseudonyms.nameIban, passesIban));
    if (!keep.includes('ssn')) scan('ssn', ssnPattern, whole(pseudonyms.nameSsn));
    if (!keep.includes('phone')) scan('phone', phonePattern, whole(pseudonyms.namePhone));
  }
  return found;
}

/** What already is a pseudonym stays the one it is. */
function isFresh(value: string): boolean {
  return !/REDACTED[0-9a-f]{24}/.test(value) && !value.startsWith('eyJhbGciOiJub25lIn0.');
}

/** Tells a credential from a word: `password: required` says nothing. */
function looksMade(value: string): boolean {
  return /[\d!@#$%^*+/~]/.test(value) || value.length >= 20;
}
