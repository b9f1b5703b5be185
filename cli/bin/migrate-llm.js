#!/usr/bin/env node
// Plain JavaScript that old versions of Node can parse, committed so that npm links it before anything is built.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);
const builder = new URL('../../build.mjs', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`migrate-llm needs Node 20.19 or newer, and this is ${process.versions.node}; install a newer Node.`);
  process.exitCode = 2;
} else {
  await start();
}

async function start() {
  let file = main;
  if (readsSource()) {
    file = new URL('../src/main.ts', import.meta.url);
  } else if (!existsSync(main) && !(await build())) {
    process.exitCode = 2;
    return;
  }
  const { main: run } = await import(file.href);
  // Not process.exit(): what is still on its way into a pipe must arrive.
  process.exitCode = await run(process.argv.slice(2));
}

/** Inside the repository: `node --conditions=@migrate-llm/source --import tsx` reads the rooms as TypeScript. */
function readsSource() {
  return process.execArgv.some((word) => word.endsWith('@migrate-llm/source'));
}

/** A checkout installed with --ignore-scripts has no dist/ yet. */
async function build() {
  if (!existsSync(builder)) {
    console.error('migrate-llm: dist/main.js is missing from this installation; install migrate-llm again.');
    return false;
  }
  console.error('migrate-llm: building once, dist/ is not there yet …');
  try {
    const { spawnSync } = await import('node:child_process');
    const { fileURLToPath } = await import('node:url');
    // Its output goes to stderr: stdout belongs to the command.
    const { status } = spawnSync(process.execPath, [fileURLToPath(builder)], { stdio: ['ignore', 2, 2] });
    if (status === 0 && existsSync(main)) return true;
  } catch {
    // The line below says what to do.
  }
  console.error('migrate-llm: the build failed; run "npm ci" and "npm run build" in the repository, then try again.');
  return false;
}
