import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { isObject, parseJson } from '../json.ts';
import type { CaseResult, ConformanceReport } from './result.ts';
import { VerifyError } from './selection.ts';

/** What must be the same for results of an earlier run to be taken over. */
export interface RunIdentity extends Pick<ConformanceReport['endpoint'], 'baseURL' | 'via'> {
  readonly model: string | null;
  readonly profile: ConformanceReport['profile'];
}

/** A file that keeps the results of a run, one a line, so that a run that was cut short goes on where it stopped. */
export interface ProgressFile {
  /** Results that need not be asked again: those that were judged. */
  readonly finished: ReadonlyMap<string, CaseResult>;
  readonly append: (result: CaseResult) => void;
}

/**
 * Opens the file, or begins it. A last line that was cut off is left out.
 * Throws {@link VerifyError} for a file of another run, or of something else.
 */
export function openProgressFile(path: string, identity: RunIdentity): ProgressFile {
  const head = { v: 1, kind: 'conformance-run', ...identity };
  const text = readText(path);
  const finished = new Map<string, CaseResult>();
  if (text === undefined || text.trim() === '') writeFileSync(path, `${JSON.stringify(head)}\n`);
  else {
    const [first, ...lines] = text.split('\n');
    const found = parseJson(first ?? '');
    if (!isObject(found) || found['kind'] !== 'conformance-run')
      throw new VerifyError(`${path} does not hold the results of a run; name a new file`);
    const other = Object.entries(head).find(([key, value]) => found[key] !== value);
    if (other !== undefined)
      throw new VerifyError(
        `${path} holds a run with ${other[0]} ${JSON.stringify(found[other[0]])}, and this one has ${JSON.stringify(other[1])}; name another file`,
      );
    for (const line of lines) {
      const result = parseJson(line) as CaseResult | undefined;
      if (!isObject(result)) continue;
      if (['INCONCLUSIVE', 'TIMEOUT'].includes(result.verdict)) finished.delete(result.id);
      else finished.set(result.id, result);
    }
    // A line that was cut off must not join the next one.
    if (!text.endsWith('\n')) appendFileSync(path, '\n');
  }
  return { finished, append: (result) => appendFileSync(path, `${JSON.stringify(result)}\n`) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new VerifyError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
