/** A named test of one value of the wire; `undefined` is a value that is not there. */
export interface Predicate {
  readonly says: string;
  readonly holds: (value: unknown) => boolean;
}

const predicate = (says: string, holds: (value: unknown) => boolean): Predicate => ({ says, holds });

export const isText = predicate('a text', (value) => typeof value === 'string');
export const isFilled = predicate('a text that is not empty', (value) => typeof value === 'string' && value !== '');
export const isWhole = predicate('a whole number, 0 or more', (value) => Number.isInteger(value) && Number(value) >= 0);
export const isPositive = predicate('a whole number above 0', (value) => Number.isInteger(value) && Number(value) > 0);
export const isSeconds = predicate(
  'a time in seconds',
  (value) => Number.isInteger(value) && Number(value) > 1_000_000_000 && Number(value) < 100_000_000_000,
);
export const isList = predicate('a list', (value) => Array.isArray(value));
export const isThere = predicate('there, if only as null', (value) => value !== undefined);
export const isEmpty = predicate('null or absent', (value) => value === undefined || value === null);

/** Exactly this text, number, boolean or null. */
export const equals = (wanted: string | number | boolean | null): Predicate =>
  predicate(JSON.stringify(wanted), (value) => value === wanted);

/** One of these. */
export const oneOf = (...wanted: ReadonlyArray<string | number | null>): Predicate =>
  predicate(wanted.map((one) => JSON.stringify(one)).join(', '), (value) => wanted.some((one) => one === value));

/** Null, absent, or what the predicate asks for. */
export const orEmpty = ({ says, holds }: Predicate): Predicate =>
  predicate(`${says}, null or absent`, (value) => isEmpty.holds(value) || holds(value));
