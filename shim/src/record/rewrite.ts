import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const stamp = /^\d{4}-\d{2}-\d{2}T[\d-]+Z-[0-9a-f]{4}\.jsonl$/;

/** Lists the full files that were set aside before a recording's own, the oldest first. */
export async function listSetAside(path: string): Promise<string[]> {
  const folder = dirname(path);
  const name = basename(path).replace(/\.jsonl$/, '');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((file) => file.startsWith(`${name}.`) && stamp.test(file.slice(name.length + 1)))
    .sort()
    .map((file) => join(folder, file));
}

/** How many lines a rewriting kept and took away. */
export interface Rewritten {
  readonly kept: number;
  readonly removed: number;
}

/**
 * Takes lines out of a file: the new one is written beside it and put in its place whole, or not at all. A file that loses nothing is not
 * touched, one that loses all goes. What was appended meanwhile comes along.
 */
export async function rewriteLines(path: string, keeps: (line: string) => boolean): Promise<Rewritten> {
  let [kept, removed, readTo] = [0, 0, 0];
  const draft = `${path}.rewriting`;
  const file = await open(draft, 'w', 0o600);
  try {
    for (;;) {
      const { size } = await stat(path);
      if (size <= readTo) break;
      const lines = createInterface({
        input: createReadStream(path, { start: readTo, end: size - 1 }),
        crlfDelay: Infinity,
      });
      for await (const line of lines)
        if (line.trim() === '' || keeps(line)) {
          await file.write(`${line}\n`);
          kept += line.trim() === '' ? 0 : 1;
        } else removed += 1;
      readTo = size;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (removed > 0 && kept > 0) await rename(draft, path);
  else await rm(draft, { force: true });
  if (removed > 0 && kept === 0) await rm(path, { force: true });
  return { kept, removed };
}
