import { execFileSync } from 'node:child_process';
import { root } from './boundaries.ts';

/** Builds the rooms before the tests that look at dist/. */
export default function setup(): void {
  execFileSync(process.execPath, ['build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
