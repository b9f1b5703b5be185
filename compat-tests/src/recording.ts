import { readFile } from 'node:fs/promises';
import { type Exchange, ExchangeError, parseExchanges, type Provenance } from '@migrate-llm/shim/exchange';

/** How many exchanges of a recording come from where. */
export type Evidence = Readonly<Record<Provenance, number>>;

/** Thrown for a recording that cannot be used; the message says file, line and what is wrong. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Reads a recording file. Throws {@link RecordingError}. */
export async function readRecording(path: string): Promise<Exchange[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read: ${message}`;
    throw new RecordingError(`${path} ${what}; name a file with one exchange a line (.jsonl)`);
  }
  return parseRecording(text, path);
}

/** Parses a recording's text; `file` names it in errors. Throws {@link RecordingError}. */
export function parseRecording(text: string, file: string): Exchange[] {
  const exchanges = readLines(text, file);
  if (exchanges.length === 0) throw new RecordingError(`${file} holds no exchange; record some traffic first`);
  const seen = new Set<string>();
  for (const { id } of exchanges) {
    if (seen.has(id)) throw new RecordingError(`${file} has two exchanges with the id ${id}; ids must differ`);
    seen.add(id);
  }
  return exchanges;
}

function readLines(text: string, file: string): Exchange[] {
  try {
    return parseExchanges(text, file);
  } catch (error) {
    if (error instanceof ExchangeError) throw new RecordingError(error.message);
    throw error;
  }
}

/** Counts where a recording's exchanges come from. */
export function countEvidence(exchanges: readonly Exchange[]): Evidence {
  const count = (wanted: Provenance) => exchanges.filter(({ provenance }) => provenance === wanted).length;
  return { recorded: count('recorded'), documented: count('documented'), synthetic: count('synthetic') };
}

/** Says in words what a recording is worth as evidence, e.g. `11 synthetic (made up to OpenAI's documented shapes)`. */
export function describeEvidence({ recorded, documented, synthetic }: Evidence): string {
  const parts = [
    recorded > 0 ? `${recorded} recorded from real traffic` : '',
    documented > 0 ? `${documented} documented (copied from a vendor's documentation)` : '',
    synthetic > 0 ? `${synthetic} synthetic (made up to a vendor's documented shapes)` : '',
  ].filter(Boolean);
  return parts.join(', ') || 'none';
}
