import { checkRecording } from './recording-file.ts';
import type { RawExchange } from './redact-exchange.ts';
import type { RecordTotals } from './scribe.ts';
import type { RecordConfig } from './settings.ts';
import { openSink, type WriteOptions } from './sink.ts';

/** Writes exchanges that came from elsewhere into a recording, redacted as the shim's own are. */
export interface RecordingWriter {
  /** Rejects when the exchange could not be written. */
  readonly write: (exchange: RawExchange, how?: WriteOptions) => Promise<void>;
  /** Writes the counts, and gives them. */
  readonly close: () => Promise<RecordTotals>;
}

/** Opens a recording to add to. `secrets` are values that must be found in no recording. Rejects with `RecordingError`. */
export async function openRecording(config: RecordConfig, secrets: readonly string[] = []): Promise<RecordingWriter> {
  await checkRecording(config);
  const sink = await openSink(config, secrets);
  let recorded = 0;
  return {
    write: async (exchange, how) => {
      await sink.write(exchange, how);
      recorded += 1;
    },
    close: async () => {
      const totals: RecordTotals = { recorded, lost: {}, scrubbed: sink.takeCounts() };
      await sink.writeCounts({ at: new Date().toISOString(), thread: 'app', ...totals });
      return totals;
    },
  };
}
