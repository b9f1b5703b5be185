import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What one run of the CLI came to. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Peak resident memory of the CLI's own process in MB; children are not counted. */
  readonly peakMb: number;
}

const bin = fileURLToPath(new URL('../../cli/bin/migrate-llm.js', import.meta.url));
/** Written by the process itself at its end, so that no tool of the machine is needed to measure it. */
const measure = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(file)},String(process.resourceUsage().maxRSS)))`,
  )}`;
const longestRunMs = 20 * 60 * 1000;

/** Runs the built CLI on a folder, as a user would. */
export async function runCli(words: readonly string[], folder: string, terms: { rssFile: string }): Promise<Run> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', measure(terms.rssFile), bin, ...words], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestRunMs,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? -1));
  });
  const seconds = (performance.now() - started) / 1000;
  let peakMb = 0;
  try {
    peakMb = Number(readFileSync(terms.rssFile, 'utf8')) / 1024;
    rmSync(terms.rssFile);
  } catch {
    // A killed process writes no figure: 0 MB in the table says so.
  }
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), seconds, peakMb };
}
