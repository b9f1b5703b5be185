import type { Edit } from './edit.ts';

/** Redacts a decoded text; `undefined` when nothing in it must go. */
export type RedactInner = (decoded: string) => string | undefined;

/** How a text may be hidden in another one. */
interface Encoding {
  readonly kind: string;
  /** What may be such a text. */
  readonly pattern: RegExp;
  /** A cheap sign that one may be there. */
  readonly sign: RegExp;
  /** Gives the text that is hidden, or `undefined` when it is none. */
  readonly decode: (token: string) => string | undefined;
  readonly encode: (text: string, token: string) => string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readPrintable(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return [...text].some((char) => char < ' ' && !'\t\n\r'.includes(char)) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Most of a picture or a sound is no text, which its first bytes tell. */
function decodeBase64(token: string): string | undefined {
  const bare = token.replace(/\s/g, '');
  if (readPrintable(Buffer.from(bare.slice(0, 64), 'base64').subarray(0, 45)) === undefined && bare.length > 64) {
    // A character may be cut at the end of the probe.
    if (readPrintable(Buffer.from(bare.slice(0, 60), 'base64').subarray(0, 42)) === undefined) return undefined;
  }
  const bytes = Buffer.from(bare, 'base64');
  return bytes.length < 8 ? undefined : readPrintable(bytes);
}

function encodeBase64(text: string, token: string): string {
  const made = Buffer.from(text).toString(/[-_]/.test(token) ? 'base64url' : 'base64');
  return token.endsWith('=') || /[-_]/.test(token) ? made : made.replace(/=+$/, '');
}

const encodings: readonly Encoding[] = [
  {
    kind: 'percent',
    pattern: /(?:[\w.~!*'()+-]|%[0-9A-Fa-f]{2}){6,}/g,
    sign: /%[0-9A-Fa-f]{2}/,
    decode: (token) => {
      if (!token.includes('%')) return undefined;
      try {
        return decodeURIComponent(token);
      } catch {
        return undefined;
      }
    },
    encode: (text) => encodeURIComponent(text),
  },
  {
    kind: 'escape',
    pattern: /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[/nrt"\\]|[^\\]){6,}/g,
    sign: /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[/nrt"])/,
    decode: (token) =>
      token
        .replace(/\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})/g, (_, four?: string, two?: string) =>
          String.fromCharCode(Number.parseInt(four ?? two ?? '', 16)),
        )
        .replace(/\\([/nrt"\\])/g, (_, char: string) => ({ n: '\n', r: '\r', t: '\t' })[char] ?? char),
    encode: (text) => JSON.stringify(text).slice(1, -1),
  },
  {
    kind: 'entity',
    pattern: /(?:&#\d{2,5};|&#x[0-9a-fA-F]{2,4};|&(?:commat|period|hyphen|plus|amp);|[^\s&<>"]){6,}/g,
    sign: /&(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|commat|period|hyphen|plus);/,
    decode: (token) =>
      token
        .replace(/&#x([0-9a-fA-F]{2,4});/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        .replace(/&#(\d{2,5});/g, (_, number: string) => String.fromCharCode(Number(number)))
        .replace(
          /&(commat|period|hyphen|plus|amp);/g,
          (_, word: string) => ({ commat: '@', period: '.', hyphen: '-', plus: '+' })[word] ?? '&',
        ),
    encode: (text) => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`),
  },
  {
    kind: 'base64',
    pattern:
      /[A-Za-z0-9+/_-]{60,76}(?:\r?\n[A-Za-z0-9+/_-]{60,76})*\r?\n[A-Za-z0-9+/_-]{1,76}={0,2}|[A-Za-z0-9+/_-]{12,}={0,2}/g,
    sign: /[A-Za-z0-9+/_-]{12}/,
    decode: decodeBase64,
    encode: encodeBase64,
  },
  {
    kind: 'hex',
    pattern: /(?<![0-9A-Za-z])(?:0x)?(?:[0-9a-fA-F]{2}){8,}(?![0-9A-Za-z])/g,
    sign: /[0-9a-fA-F]{16}/,
    decode: (token) => readPrintable(Buffer.from(token.replace(/^0x/, ''), 'hex')),
    encode: (text) => Buffer.from(text).toString('hex'),
  },
];

/** Finds what is hidden in encodings: each edit puts the encoding of the redacted text in place of the whole token. */
export function findEncoded(text: string, redact: RedactInner): Edit[] {
  const found: Edit[] = [];
  for (const { kind, pattern, sign, decode, encode } of encodings) {
    if (!sign.test(text)) continue;
    const visit = (token: string, start: number): boolean => {
      const decoded = decode(token);
      const redacted = decoded === undefined || decoded === token ? undefined : redact(decoded);
      if (redacted !== undefined)
        found.push({ start, end: start + token.length, text: encode(redacted, token), kind: `in-${kind}` });
      return redacted !== undefined;
    };
    for (const { 0: token, index } of text.matchAll(pattern)) {
      if (visit(token, index) || kind !== 'base64') continue;
      // In a path, or a name with hyphens, a part between separators may be it.
      for (const separators of [/[A-Za-z0-9_-]{12,}={0,2}/g, /[A-Za-z0-9+/]{12,}={0,2}/g, /[A-Za-z0-9]{12,}={0,2}/g])
        for (const part of token.matchAll(separators))
          if (part[0].length < token.length) visit(part[0], index + part.index);
    }
  }
  return found;
}
