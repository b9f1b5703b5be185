import { createHmac } from 'node:crypto';

/** Makes what stands in a recording in place of a value: the same for the same value, of the same form, and without the key no guess can be checked. */
export interface Pseudonyms {
  readonly name: (kind: string, value: string, prefix?: string) => string;
  readonly nameEmail: (value: string) => string;
  readonly namePhone: (value: string) => string;
  readonly nameCard: (value: string) => string;
  readonly nameIban: (value: string) => string;
  readonly nameSsn: (value: string) => string;
  readonly nameJwt: (value: string) => string;
}

/** Tells a phone number that stands for another one: country code 999, area code 555 and what starts with 000 belong to nobody. */
export function isMadePhone(value: string): boolean {
  const bare = value.replace(/\D/g, '');
  return value.startsWith('+') ? bare.startsWith('999') : /^(555|000)/.test(bare);
}

/** Tells a card number that stands for another one. */
function isMadeCard(value: string): boolean {
  return /^\d00000/.test(value.replace(/\D/g, ''));
}

/** Makes the pseudonyms of one recording: what is one already stays. `key` is random bytes that never stand in it. */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const digest = (kind: string, value: string): string =>
    createHmac('sha256', key).update(kind).update('\0').update(value).digest('hex');
  const digits = (kind: string, value: string): string =>
    BigInt(`0x${digest(kind, value)}`)
      .toString()
      .padStart(76, '0');
  return {
    name: (kind, value, prefix = '') => `${prefix}REDACTED${digest(kind, value).slice(0, 24)}`,
    nameEmail: (value) => `p${digest('email', value.toLowerCase()).slice(0, 12)}@redacted.example`,
    namePhone: (value) => {
      if (isMadePhone(value)) return value;
      const bare = value.replace(/\D/g, '');
      const made = digits('phone', bare);
      const start = value.startsWith('+') ? '999' : bare.startsWith('0') ? '000' : '555';
      return fillDigits(value, `${start}${made}`);
    },
    nameCard: (value) => {
      if (isMadeCard(value)) return value;
      const bare = value.replace(/\D/g, '');
      const body = `${bare.slice(0, 1)}00000${digits('card', bare)}`.slice(0, bare.length - 1);
      return fillDigits(value, body + findCheckDigit(body));
    },
    nameIban: (value) => {
      const bare = value.replace(/ /g, '');
      const made = digits('iban', bare);
      const body = bare
        .slice(4)
        .replace(/[\dA-Z]/g, (char, at: number) => (/\d/.test(char) ? (made[at % made.length] ?? '0') : 'X'));
      const country = bare.slice(0, 2);
      const whole = `${country}${String(98 - remainder(`${body}${country}00`)).padStart(2, '0')}${body}`;
      let at = 0;
      return [...value].map((char) => (char === ' ' ? char : (whole[at++] ?? ''))).join('');
    },
    nameSsn: (value) =>
      /^\D*9/.test(value) ? value : fillDigits(value, `9${digits('ssn', value.replace(/\D/g, ''))}`),
    nameJwt: (value) => {
      const id = digest('jwt', value).slice(0, 24);
      const body = Buffer.from(JSON.stringify({ redacted: id })).toString('base64url');
      return `eyJhbGciOiJub25lIn0.${body}.REDACTED${id}`;
    },
  };
}

function fillDigits(form: string, made: string): string {
  let at = 0;
  return form.replace(/\d/g, () => made[at++] ?? '0');
}

/** The last digit that makes a number pass Luhn's check. */
function findCheckDigit(body: string): string {
  return String([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((digit) => passesLuhn(`${body}${digit}`)));
}

/** Luhn's check of a number's digits. */
export function passesLuhn(value: string): boolean {
  const bare = value.replace(/\D/g, '');
  let sum = 0;
  for (let at = 0; at < bare.length; at += 1) {
    const digit = Number(bare[bare.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return bare.length > 0 && sum % 10 === 0;
}

/** The check of an IBAN: its number modulo 97 is 1. */
export function passesIban(value: string): boolean {
  const bare = value.replace(/ /g, '');
  return bare.length >= 15 && bare.length <= 34 && remainder(`${bare.slice(4)}${bare.slice(0, 4)}`) === 1;
}

function remainder(text: string): number {
  return [...text].reduce((rest, char) => {
    const number = Number.parseInt(char, 36);
    return (rest * (number > 9 ? 100 : 10) + number) % 97;
  }, 0);
}
