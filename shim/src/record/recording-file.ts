import { randomBytes } from 'node:crypto';
import { appendFileSync, createReadStream } from 'node:fs';
import { appendFile, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseJson } from '../wire.ts';
import { listSetAside, rewriteLines } from './rewrite.ts';
import type { RecordConfig } from './settings.ts';

/** Thrown for a file that cannot be recorded into; the message says what and what to do. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Looks whether a file can be recorded into. Throws {@link RecordingError}, which says why not. */
export async function checkRecording(config: RecordConfig): Promise<void> {
  try {
    await new RecordingFile(config).check();
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'its folder does not exist; make it first' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new RecordingError(`${config.path} cannot be recorded into: ${why}`);
  }
}

/** The files of one recording: the one that grows, the full ones before it, the pseudonyms' key, and the counts. */
export class RecordingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #maxDays: number | undefined;
  #isChecked = false;

  constructor({ path, maxBytes = 64 * 2 ** 20, maxFiles = 8, maxDays }: RecordConfig) {
    this.#path = resolve(path);
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
    this.#maxDays = maxDays;
  }

  /** Reads the key of the pseudonyms, or makes one. It lies beside the recording, readable by its owner only. */
  async readKey(): Promise<Uint8Array> {
    const path = `${this.#path}.key`;
    try {
      await writeFile(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'EEXIST') throw error;
    }
    const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
    if (key.length < 16) throw new RecordingError(`${path} holds no key; remove it to get a new one`);
    return key;
  }

  /** Opens the file, makes it where there is none, and takes away what a crash left at its end. Throws when it is not to be recorded into. */
  async check(): Promise<void> {
    if (this.#isChecked) return;
    await this.#checkTail();
    await this.#expire();
    await (await open(this.#path, 'a', 0o600)).close();
    this.#isChecked = true;
  }

  /** Appends one line, whole or not at all; a full file is set aside first. */
  async append(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    await this.check();
    let file = await open(this.#path, 'a', 0o600);
    try {
      let { size } = await file.stat();
      if (size > 0 && size + bytes.length > this.#maxBytes) {
        await file.close();
        await this.#setAside();
        file = await open(this.#path, 'a', 0o600);
        ({ size } = await file.stat());
      }
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) {
        await file.truncate(size);
        throw Object.assign(new Error('the disk took a part of the line only'), { code: 'ENOSPC' });
      }
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  /** Appends one line without waiting, for a process that ends. */
  appendNow(line: string): void {
    appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
  }

  /** Appends to the counts that lie beside the recording. */
  async appendCounts(counts: object): Promise<void> {
    await appendFile(`${this.#path}.counts.jsonl`, `${JSON.stringify(counts)}\n`, { mode: 0o600 });
  }

  /** A crash in the middle of a line leaves a piece of one, which goes; a file that is no recording is left alone. */
  async #checkTail(): Promise<void> {
    const file = await open(this.#path, 'r+').catch((error: { readonly code?: string }) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      if (size === 0) return;
      const head = Buffer.alloc(Math.min(size, 16));
      await file.read(head, 0, head.length, 0);
      if (!'{"v":1,'.startsWith(head.toString().slice(0, 7)))
        throw new RecordingError(`${this.#path} exists and is not a recording; name another file in "record"`);
      let end = size;
      const block = Buffer.alloc(64 * 1024);
      while (end > 0) {
        const start = Math.max(0, end - block.length);
        const { bytesRead } = await file.read(block, 0, end - start, start);
        const at = block.subarray(0, bytesRead).lastIndexOf(10);
        if (at >= 0) {
          end = start + at + 1;
          break;
        }
        end = start;
      }
      if (end < size) await file.truncate(end);
    } finally {
      await file.close();
    }
  }

  /** Sets the full file aside under its time, and deletes the oldest beyond the number kept. */
  async #setAside(): Promise<void> {
    const folder = dirname(this.#path);
    const name = basename(this.#path).replace(/\.jsonl$/, '');
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    await rename(this.#path, join(folder, `${name}.${stamp}-${randomBytes(2).toString('hex')}.jsonl`));
    const old = await listSetAside(this.#path);
    const excess = old.slice(0, Math.max(0, old.length - (this.#maxFiles - 1)));
    for (const file of excess) await rm(file, { force: true });
    await this.#expire();
  }

  /** Deletes what is older than may be kept; a file whose first line is young enough is not read further. */
  async #expire(): Promise<void> {
    if (this.#maxDays === undefined) return;
    const oldest = Date.now() - this.#maxDays * 86_400_000;
    const isYoung = (line: string): boolean => {
      const { recordedAt } = (parseJson(line) ?? {}) as { readonly recordedAt?: unknown };
      return typeof recordedAt !== 'string' || Date.parse(recordedAt) >= oldest;
    };
    for (const file of [...(await listSetAside(this.#path)), this.#path]) {
      const first = await readFirstLine(file);
      if (first !== undefined && !isYoung(first)) await rewriteLines(file, isYoung);
    }
  }
}

/** Reads the start of a file to its first line end; `undefined` where there is no file. */
async function readFirstLine(path: string): Promise<string | undefined> {
  if ((await stat(path).catch(() => undefined))?.isFile() !== true) return undefined;
  for await (const line of createInterface({ input: createReadStream(path) })) return line;
  return undefined;
}
