import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  type Dirent,
} from 'node:fs';
import { join } from 'node:path';
import type { SourceText } from '@migrate-llm/codemods';
import { codeOf, describeSystemError } from './cli-error.ts';
import { isWithin, pathFrom, type Folder } from './folder.ts';
import { listTracked } from './git.ts';

/** A file that could matter and was not read, with the reason. */
export interface Unread {
  readonly file: string;
  readonly why: string;
}

/** The texts of a folder. */
export interface Texts {
  readonly files: readonly SourceText[];
  readonly unread: readonly Unread[];
}

/** Folders that hold no sources of the repo; git repositories say it themselves, except for these. */
const neverRead = /(?:^|\/)(?:node_modules|\.git|\.hg|\.svn|\.migrate-llm)(?:\/|$)/;
/** Where there is no git to say what is ignored. */
const outputFolder = new Set([
  'dist',
  'build',
  'out',
  'coverage',
  '.next',
  '.nuxt',
  '.output',
  '.svelte-kit',
  '.turbo',
  '.cache',
  '.yarn',
  '.venv',
  '__pycache__',
  'target',
]);
const binaryExtension =
  /\.(?:png|jpe?g|gif|webp|avif|ico|icns|bmp|tiff?|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|wasm|node|so|dylib|dll|exe|bin|gguf|onnx|safetensors|pt|mp[34]|m4a|wav|ogg|flac|webm|mov|avi|ttf|otf|woff2?|eot|sqlite3?|db|parquet|pyc|class|o|a)$/i;
const mention = /openai/i;
/** Larger files are data; their size would cost more memory than the rest of the repo. */
const largestBytes = 4 * 1024 * 1024;

/** Lists the regular files of a folder, with `/`, sorted; and what was passed over though it could matter. */
function listFiles(folder: Folder): { files: string[]; unread: Unread[] } {
  const { repository, path } = folder;
  const usesGit = repository.kind === 'git' && !repository.ignored;
  const files: string[] = [];
  const unread: Unread[] = [];
  const names = usesGit ? listTracked(path) : walk(path, '', unread);
  for (const name of names.sort()) {
    const file = name.replace(/\/$/, '');
    if (neverRead.test(file) || binaryExtension.test(file)) continue;
    const kind = kindOf(path, file);
    if (kind === 'file') files.push(file);
    // Git lists a folder only when it is a repository of its own.
    else if (kind === 'folder') unread.push({ file, why: 'a git repository of its own: run migrate-llm in it' });
    else if (kind === 'link') unread.push(...readLink(path, file));
    else if (kind === 'missing' && file.includes('\uFFFD')) unread.push({ file, why: 'its name is not UTF-8' });
  }
  return { files, unread };
}

/**
 * Reads the files of a folder as UTF-8, every byte kept.
 * @param onFile called before each file, with how many are done.
 */
export function readTexts(folder: Folder, onFile?: (done: number, total: number) => void): Texts {
  const listing = listFiles(folder);
  const files: SourceText[] = [];
  const unread: Unread[] = [...listing.unread];
  for (const [done, file] of listing.files.entries()) {
    onFile?.(done, listing.files.length);
    const found = readText(folder.path, file);
    if ('text' in found) files.push({ file, text: found.text });
    else if (found.why !== '') unread.push({ file, why: found.why });
  }
  return { files, unread };
}

/** Decodes UTF-8 so that encoding the text again gives the same bytes; undefined when the bytes are not UTF-8. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads one file; `why` is empty when it is of no interest. */
function readText(root: string, file: string): { text: string } | { why: string } {
  const path = join(root, file);
  try {
    const { size } = statSync(path);
    if (size > largestBytes)
      return {
        why: mentionsOpenAI(path)
          ? `it has ${Math.ceil(size / 1_048_576)} MB, and files over ${largestBytes / 1_048_576} MB are not read`
          : '',
      };
    const bytes = readFileSync(path);
    const text = decodeText(bytes);
    if (text === undefined) {
      const seen = mention.test(bytes.toString('latin1')) || mention.test(bytes.toString('utf16le'));
      return { why: seen ? 'it is not UTF-8: convert it, or change it by hand' : '' };
    }
    if (text.includes('\0')) return { why: '' };
    return { text };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { why: '' };
    return { why: `it cannot be read: ${describeSystemError(error)}` };
  }
}

/** Looks for the word in a large file, up to the first sign that it is binary. */
function mentionsOpenAI(path: string): boolean {
  const handle = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let tail = '';
    for (let length = readSync(handle, chunk); length > 0; length = readSync(handle, chunk)) {
      const text = tail + chunk.toString('latin1', 0, length);
      if (text.includes('\0')) return false;
      if (mention.test(text)) return true;
      tail = text.slice(-5);
    }
    return false;
  } finally {
    closeSync(handle);
  }
}

function kindOf(root: string, file: string): 'file' | 'folder' | 'link' | 'missing' | 'other' {
  try {
    const found = lstatSync(join(root, file));
    if (found.isFile()) return 'file';
    if (found.isSymbolicLink()) return 'link';
    return found.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'missing';
  }
}

/** A link to a file of the folder is read under the file's own name; what lies outside is never read or written. */
function readLink(root: string, file: string): Unread[] {
  let target: string;
  try {
    target = realpathSync(join(root, file));
  } catch {
    return [];
  }
  if (isWithin(root, target)) return [];
  const isFolder = statSync(target).isDirectory();
  if (!isFolder && !mentionedIn(target)) return [];
  return [
    { file, why: `a symbolic link to ${pathFrom(root, target)}, outside the folder: it is neither read nor written` },
  ];
}

function mentionedIn(path: string): boolean {
  try {
    return statSync(path).isFile() && mentionsOpenAI(path);
  } catch {
    return false;
  }
}

function walk(root: string, folder: string, unread: Unread[]): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    unread.push({ file: folder === '' ? '.' : folder, why: `it cannot be read: ${describeSystemError(error)}` });
    return [];
  }
  return entries.flatMap((entry) => {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (neverRead.test(file)) return [];
    if (!entry.isDirectory()) return [file];
    return outputFolder.has(entry.name) ? [] : walk(root, file, unread);
  });
}
