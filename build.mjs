// Builds every room's dist/ with tsdown. `--if-possible` (the prepare script) does nothing where the dev tools are absent,
// as in `npm ci --omit=dev`.
import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

if (process.argv.includes('--if-possible') && !existsSync(join(root, 'node_modules', 'tsdown'))) {
  console.error('build skipped: tsdown is not installed (it comes with the dev dependencies)');
} else {
  for (const room of ['shim', 'codemods', 'compat-tests', 'cli'])
    copyFileSync(join(root, 'LICENSE'), join(root, room, 'LICENSE'));
  const { build } = await import('tsdown');
  process.chdir(root);
  await build({ config: 'tsdown.config.ts', logLevel: 'error' });
}
