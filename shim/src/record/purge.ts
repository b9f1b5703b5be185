import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Exchange, ExchangeError, parseExchange } from '../exchange.ts';
import { createPseudonyms } from './pseudonym.ts';
import { redactExchange, type ScrubCounts } from './redact-exchange.ts';
import { findEdits, type Redaction } from './redact-text.ts';
import { RecordingError, RecordingFile } from './recording-file.ts';
import { listSetAside, type Rewritten, rewriteLines } from './rewrite.ts';
import type { RecordConfig } from './settings.ts';

/** What a purge did. */
export interface PurgeReport {
  /** Files that were looked through, with what was kept and taken away. */
  readonly files: ReadonlyArray<Rewritten & { readonly path: string }>;
  /** What was looked for beside the value itself: what stands for it in the recording. */
  readonly pseudonyms: readonly string[];
  /** Lines that are no exchange and were kept: they do not hold what was looked for in plain sight. */
  readonly unreadable: number;
}

/**
 * Takes every exchange out of a recording that mentions a subject: its name, address or number as it is, or what stands for it since
 * redaction, also cut up over a stream or inside encodings. Each file is replaced whole or not at all. Rejects with `RecordingError`.
 */
export async function purgeRecording(config: RecordConfig, subject: string): Promise<PurgeReport> {
  const value = subject.trim();
  if (value.length < 3) throw new RecordingError(`"${subject}" is too short to look for; give at least 3 characters`);
  const path = resolve(config.path);
  if ((await stat(path).catch(() => undefined))?.isFile() !== true && (await listSetAside(path)).length === 0)
    throw new RecordingError(`${config.path} does not exist; name the recording with --out`);
  const pseudonyms = listPseudonyms(value, config, await new RecordingFile(config).readKey());
  const search: Redaction = {
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    keep: [],
    patternsOnly: true,
    secrets: [],
    patterns: [['subject', new RegExp([value, ...pseudonyms].map(writePattern).join('|'), 'giu')]],
  };
  let unreadable = 0;
  const keeps = (line: string): boolean => {
    try {
      return !mentions(parseExchange(line, path), search);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (findEdits(line, search).length > 0) return false;
      unreadable += 1;
      return true;
    }
  };
  const files: Array<PurgeReport['files'][number]> = [];
  for (const file of [...(await listSetAside(path)), path])
    if ((await stat(file).catch(() => undefined)) !== undefined)
      files.push({ path: file, ...(await rewriteLines(file, keeps)) });
  return { files, pseudonyms, unreadable };
}

/** What the value became under the recording's key, as each kind of data that it may have been taken for. */
function listPseudonyms(value: string, config: RecordConfig, key: Uint8Array): string[] {
  const made = createPseudonyms(key);
  const redaction: Redaction = {
    pseudonyms: made,
    keep: config.redact?.keep ?? [],
    secrets: [],
    patterns: Object.entries(config.redact?.patterns ?? {}).map(
      ([name, text]) => [name, new RegExp(text, 'gu')] as const,
    ),
  };
  const digits = value.replace(/\D/g, '');
  const found = findEdits(value, redaction, Infinity).map(({ text }) => text);
  // Under a key's name a number is data whatever its form.
  const numbers = digits.length >= 7 ? [made.namePhone(value), made.nameCard(value), made.nameSsn(value)] : [];
  return [...new Set([...found, ...numbers].filter((text) => text !== '' && text !== value))];
}

/** A number may have been written with other separators than it is looked for. */
function writePattern(text: string): string {
  const escaped = (part: string): string => part.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  const digits = text.replace(/\D/g, '');
  if (digits.length >= 7 && /^[\d\s()+./-]+$/.test(text))
    return `(?<!\\d)${[...digits].join(String.raw`[\s()./\-]{0,3}`)}(?!\\d)`;
  return escaped(text).replace(/\s+/g, String.raw`\s+`);
}

function mentions(exchange: Exchange, search: Redaction): boolean {
  const counts: ScrubCounts = {};
  const chunks = exchange.response.chunks.map(([ms, base64]) => [ms, Buffer.from(base64, 'base64')] as const);
  redactExchange({ ...exchange, response: { ...exchange.response, chunks } }, search, counts);
  return Object.keys(counts).length > 0;
}
