import { open, type FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { type Exchange, ExchangeError, parseExchange } from '@migrate-llm/shim/exchange';
import { isObject } from '../json.ts';
import { describeRequest, nameCallSite, namePrompt } from '../prompt.ts';
import { RecordingError } from '../recording.ts';

/** Where an exchange lies in its file, and what is needed to choose it; the exchange itself is read when its turn comes. */
export interface TrafficEntry {
  readonly id: string;
  readonly offset: number;
  readonly length: number;
  readonly repeat: number | null;
  /** Id of the exchange that it repeats; its own when it is no repeat. */
  readonly of: string;
  readonly prompt: string;
  readonly callSite: string;
  /** Call site, request line, and whether tools, a schema or an error are in it: samples take of each. */
  readonly stratum: string;
}

/** A recording that stays on disk. */
export interface Traffic {
  readonly entries: readonly TrafficEntry[];
  /** Changes when any exchange is added, removed or renamed. */
  readonly fingerprint: string;
  readonly read: (entry: TrafficEntry) => Promise<Exchange>;
  readonly close: () => Promise<void>;
}

/** Opens a recording file of any size: every line is checked once, and only an index is kept. Throws `RecordingError`. */
export async function openTraffic(path: string): Promise<Traffic> {
  const file = await openFile(path);
  try {
    const entries: TrafficEntry[] = [];
    const seen = new Set<string>();
    const hash = createHash('sha256');
    let line = 0;
    for await (const { text, offset, length } of readLines(file)) {
      line += 1;
      const trimmed = (line === 1 ? text.replace(/^\uFEFF/, '') : text).trim();
      if (trimmed === '') continue;
      const exchange = parseLine(trimmed, `${path}:${line}`);
      if (seen.has(exchange.id))
        throw new RecordingError(`${path} has two exchanges with the id ${exchange.id}; ids must differ`);
      seen.add(exchange.id);
      hash.update(`${exchange.id}\n`);
      entries.push(describeEntry(exchange, offset, length));
    }
    if (entries.length === 0) throw new RecordingError(`${path} holds no exchange; record some traffic first`);
    return {
      entries,
      fingerprint: hash.digest('hex').slice(0, 16),
      read: async ({ offset, length }) => {
        const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
        return parseLine(buffer.toString('utf8').replace(/^\uFEFF/, ''), path);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function describeEntry(exchange: Exchange, offset: number, length: number): TrafficEntry {
  const { body } = exchange.request;
  const has = (name: string): string => (isObject(body) && body[name] !== undefined ? name : '');
  const callSite = nameCallSite(exchange);
  return {
    id: exchange.id,
    offset,
    length,
    repeat: exchange.repeat ?? null,
    of: exchange.of ?? exchange.id,
    prompt: namePrompt(exchange),
    callSite,
    stratum: [
      callSite,
      describeRequest(exchange),
      has('tools'),
      has('response_format'),
      exchange.response.status >= 400 ? 'error' : '',
    ].join(' | '),
  };
}

function parseLine(text: string, place: string): Exchange {
  try {
    return parseExchange(text, place);
  } catch (error) {
    if (error instanceof ExchangeError) throw new RecordingError(error.message);
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw new RecordingError(`${path} is a folder; name a file with one exchange a line (.jsonl)`);
    }
    return file;
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RecordingError(
      `${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`}; name a file with one exchange a line (.jsonl)`,
    );
  }
}

/** Reads a file line by line with the bytes each takes, in constant memory but for the longest line. */
export async function* readLines(file: FileHandle): AsyncGenerator<{
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly whole: boolean;
}> {
  const chunk = Buffer.alloc(1 << 18);
  let rest: Buffer[] = [];
  let held = 0;
  let [position, offset] = [0, 0];
  while (true) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let end = chunk.indexOf(10, from); end !== -1 && end < bytesRead; end = chunk.indexOf(10, from)) {
      const bytes = Buffer.concat([...rest, chunk.subarray(from, end)]);
      yield { text: bytes.toString('utf8'), offset, length: bytes.length, whole: true };
      offset += bytes.length + 1;
      from = end + 1;
      rest = [];
      held = 0;
    }
    if (from < bytesRead) rest.push(Buffer.from(chunk.subarray(from, bytesRead)));
    held += bytesRead - from;
  }
  if (held > 0) {
    const bytes = Buffer.concat(rest);
    yield { text: bytes.toString('utf8'), offset, length: bytes.length, whole: false };
  }
}
