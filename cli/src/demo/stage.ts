import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.ts';
import { hashBytes } from '../disk.ts';

/** A copy of the bundled example in a temporary folder, ready to be migrated and run. */
export interface Stage {
  /** Folder of the copied app. */
  readonly app: string;
  /** Recorded OpenAI traffic of the app, one exchange a line. */
  readonly recording: string;
  /** Hash over the names and bytes of the app's files, node_modules and the journal excepted. */
  readonly hash: () => string;
  readonly remove: () => void;
}

const example = 'support-desk';

/** Copies the example and links the repository's node_modules into it. Throws `CliError` outside a checkout of the repository. */
export function openStage(): Stage {
  const repository = findRepository();
  const source = join(repository, 'examples', example);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-llm-demo-')));
  const app = join(folder, example);
  cpSync(join(source, 'before'), app, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  symlinkSync(join(repository, 'node_modules'), join(app, 'node_modules'), 'junction');
  return {
    app,
    recording: join(source, 'recordings', 'openai.jsonl'),
    hash: () => hashTree(app),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function findRepository(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'examples', example, 'before'))) {
    if (dirname(folder) === folder)
      throw new CliError(
        'demo runs the example of the migrate-llm repository, which an installed package does not hold; clone the repository, then npm ci && npm run demo. On your own repo start with: migrate-llm <path>',
      );
    folder = dirname(folder);
  }
  return folder;
}

function hashTree(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^(node_modules|\.migrate-llm)([\\/]|$)/.test(relative(folder, path)))
    .sort();
  return hashBytes(
    Buffer.from(files.map((path) => `${relative(folder, path)} ${hashBytes(readFileSync(path))}`).join('\n')),
  );
}
