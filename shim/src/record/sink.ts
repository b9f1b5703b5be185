import { encodeExchange } from '../exchange.ts';
import { createPseudonyms } from './pseudonym.ts';
import { type RawExchange, redactExchange, type ScrubCounts } from './redact-exchange.ts';
import type { Redaction } from './redact-text.ts';
import { RecordingFile } from './recording-file.ts';
import type { RecordConfig } from './settings.ts';

/** How one exchange is written. */
export interface WriteOptions {
  /** Its request stands in the recording already, and stays letter for letter as it is there. */
  readonly keepRequest?: boolean;
}

/** Redacts exchanges and writes them, one after the other. */
export interface Sink {
  /** Throws when the exchange could not be written. */
  write: (exchange: RawExchange, how?: WriteOptions) => Promise<void>;
  /** The same without waiting, for a process that ends; nothing when it is the one just written. */
  writeNow: (exchange: RawExchange) => void;
  /** What was taken out since the last call. */
  takeCounts: () => ScrubCounts;
  writeCounts: (counts: object) => Promise<void>;
}

/** Opens a recording. `secrets` are the values of keys in use, which must be found in no recording. Throws when it cannot be written. */
export async function openSink(config: RecordConfig, secrets: readonly string[]): Promise<Sink> {
  const file = new RecordingFile(config);
  const redaction: Redaction = {
    pseudonyms: createPseudonyms(await file.readKey()),
    keep: config.redact?.keep ?? [],
    patterns: Object.entries(config.redact?.patterns ?? {}).map(
      ([name, pattern]) => [name, new RegExp(pattern, 'gu')] as const,
    ),
    secrets: [...new Set(secrets)].filter((secret) => secret.length >= 6),
  };
  let counts: ScrubCounts = {};
  let written = '';
  const encode = (exchange: RawExchange, { keepRequest = false }: WriteOptions = {}): string => {
    const { response, ...redacted } = redactExchange(exchange, redaction, counts);
    const rest = keepRequest ? { ...redacted, request: exchange.request } : redacted;
    const chunks = response.chunks.map(([ms, bytes]) => [ms, Buffer.from(bytes).toString('base64')] as const);
    return encodeExchange({ ...rest, response: { ...response, chunks } });
  };
  return {
    write: async (exchange, how) => {
      await file.append(encode(exchange, how));
      written = exchange.id;
    },
    writeNow: (exchange) => {
      if (exchange.id !== written) file.appendNow(encode(exchange));
    },
    takeCounts: () => {
      const taken = counts;
      counts = {};
      return taken;
    },
    writeCounts: (line) => file.appendCounts(line),
  };
}
