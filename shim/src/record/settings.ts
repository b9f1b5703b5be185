import { checkKeys, needNumber, needObject, needText, needWord } from '../config-shape.ts';
import { ShimConfigError } from '../config-error.ts';

/** Kinds of personal data that recordings go without unless told to keep them; credentials always go. */
export type PersonalKind = 'email' | 'phone' | 'card' | 'iban' | 'ssn';

/** What is taken out of recordings beside the defaults. */
interface RedactConfig {
  /** Patterns of your own, by name: regular expressions whose matches go, e.g. `{"employee": "EMP-\\d{6}"}`. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** Kinds of personal data that stay. */
  readonly keep?: readonly PersonalKind[];
}

/** Where and how exchanges are recorded. */
export interface RecordConfig {
  /** File that exchanges are appended to, one JSON object a line; relative to the working directory. */
  readonly path: string;
  readonly redact?: RedactConfig;
  /** Bytes after which a new file is begun; 64 MiB when left out. */
  readonly maxBytes?: number;
  /** Files kept, the newest included; 8 when left out. Older ones are deleted. */
  readonly maxFiles?: number;
  /** Days after which exchanges are deleted, by `recordedAt`; looked at when a recording is opened and when a file is full. Kept for good when left out. */
  readonly maxDays?: number;
  /** Bytes of one exchange beyond which it is left out and counted; 8 MiB when left out. */
  readonly maxExchangeBytes?: number;
  /** Bytes that may wait to be written; beyond it exchanges are left out and counted. 32 MiB when left out. */
  readonly maxQueueBytes?: number;
}

const personalKinds: readonly PersonalKind[] = ['email', 'phone', 'card', 'iban', 'ssn'];
const sizes = ['maxBytes', 'maxFiles', 'maxDays', 'maxExchangeBytes', 'maxQueueBytes'] as const;

/** Checks `record`: a path, or an object with one. Throws `ShimConfigError`. */
export function checkRecord(value: unknown, from: string): void {
  if (typeof value === 'string') return void needText(value, from);
  const record = needObject(value, from);
  checkKeys(record, ['path', 'redact', ...sizes], from);
  needText(record['path'], `${from}.path`);
  for (const key of sizes)
    if (record[key] !== undefined) needNumber(record[key], `${from}.${key}`, 'a number of at least 1', 1);
  const { redact } = record;
  if (redact !== undefined) checkRedact(redact, `${from}.redact`);
}

function checkRedact(value: unknown, from: string): void {
  const redact = needObject(value, from);
  checkKeys(redact, ['patterns', 'keep'], from);
  const { patterns, keep } = redact;
  if (keep !== undefined) {
    if (!Array.isArray(keep)) throw new ShimConfigError(`${from}.keep must be a list of ${personalKinds.join(', ')}`);
    for (const kind of keep) needWord(kind, personalKinds, `${from}.keep`);
  }
  if (patterns === undefined) return;
  for (const [name, pattern] of Object.entries(needObject(patterns, `${from}.patterns`))) {
    const place = `${from}.patterns.${name}`;
    let matchesNothing: boolean;
    try {
      matchesNothing = new RegExp(needText(pattern, place), 'u').test('');
    } catch (error) {
      if (error instanceof ShimConfigError) throw error;
      throw new ShimConfigError(`${place} is not a regular expression: ${(error as Error).message}`);
    }
    if (matchesNothing) throw new ShimConfigError(`${place} matches the empty text, so it would match everywhere`);
  }
}
