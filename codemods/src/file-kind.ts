/** What a file is to the plan, decided by its name. */
export type FileKind =
  | 'code'
  | 'component'
  | 'package'
  | 'env'
  | 'env-example'
  | 'settings'
  | 'docs'
  | 'foreign'
  | 'other';

const codeExtension = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const componentExtension = /\.(?:vue|svelte|astro)$/;
const envExample =
  /(?:^|\/)(?:\.env\.(?:.+\.)?(?:example|sample|template|dist)|(?:env|\.env)[-_]?(?:example|sample)|(?:example|sample)\.env)$/;
const env = /(?:^|\/)\.env(?:\..+)?$|(?:^|\/)\.dev\.vars$/;
const settings =
  /(?:^|\/)(?:Dockerfile[^/]*|[^/]*\.dockerfile|(?:docker-)?compose[^/]*\.ya?ml|turbo\.json|vercel\.json|netlify\.toml|wrangler\.(?:toml|jsonc?)|fly\.toml|render\.ya?ml|app\.json|serverless\.ya?ml|deno\.jsonc?|import_map\.json|jest\.config\.json)$|\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)\.gitlab-ci\.yml$|\.tf$/;
const docs = /\.(?:md|mdx|rst|txt)$/i;
const foreign = /\.(?:py|ipynb|go|rs|java|kt|cs|rb|php|swift)$/;

/** @param file path relative to the folder, with `/`. */
export function kindOf(file: string): FileKind {
  if (/(?:^|\/)package\.json$/.test(file)) return 'package';
  if (codeExtension.test(file)) return 'code';
  if (componentExtension.test(file)) return 'component';
  if (envExample.test(file)) return 'env-example';
  if (env.test(file)) return 'env';
  if (settings.test(file)) return 'settings';
  if (docs.test(file)) return 'docs';
  if (foreign.test(file)) return 'foreign';
  return 'other';
}

const installed = /(?:^|\/)(?:node_modules|\.yarn|bower_components)\//;
const vendored = /(?:^|\/)(?:vendor|vendored|third[-_]party)\//;
const built =
  /(?:^|\/)(?:dist|build|out|\.next|\.nuxt|\.output|\.svelte-kit|coverage|__generated__|generated)\/|\.(?:min|bundle)\.[cm]?js$/;
/** Longest line, in characters, that a person still writes. */
const longestLine = 5_000;
const largestFile = 1_500_000;

/** Why a source file should not be edited by a tool, or undefined when it may be. */
export function whySkipped(file: string, text: string): string | undefined {
  if (installed.test(file)) return 'installed by the package manager';
  if (vendored.test(file)) return 'vendored: it is updated from elsewhere';
  if (built.test(file)) return 'build output by its path or name: change its source instead';
  const head = text.slice(0, 1_000);
  if (
    /@generated\b|\bDO NOT EDIT\b|\bauto-?generated (?:by|file|from)\b/i.test(head) &&
    /^\s*(?:#![^\n]*\n\s*)?(?:['"]use \w+['"];?\s*)?(?:\/\/|\/\*|<!--|#)/.test(head.replace(/^\uFEFF/, ''))
  ) {
    return 'generated: its header says so';
  }
  if (text.length > largestFile) return `too large to have been written by hand (${text.length} characters)`;
  if (hasLongLine(text)) return `minified: it has a line of more than ${longestLine} characters`;
  if (text.includes('\uFFFD') && text.includes('\u0000')) return 'not text';
  return undefined;
}

function hasLongLine(text: string): boolean {
  if (text.length <= longestLine) return false;
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    if (stop - start > longestLine && !/data:|base64/.test(text.slice(start, start + 2_000))) return true;
    start = stop + 1;
  }
  return false;
}
