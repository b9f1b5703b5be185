import type { Finding } from '@migrate-llm/codemods';
import type { Count } from './counter/count.ts';
import type { TextFile } from './folder.ts';

/**
 * What can be rewritten, by the counter alone: the value imports of `openai` and the clients of every file that builds a client,
 * all of whose clients evidently point at OpenAI (an AzureOpenAI beside them stays as it is). Not among them, and counted by
 * themselves: SDK 3, packages that have `openai` as a peer and libraries that are published for users of OpenAI (both are reported only),
 * and copies that nobody edits.
 */
export interface Rewritable {
  readonly counted: number;
  readonly rewritten: number;
  /** Not rewritten, with what the engine says about it. */
  readonly left: ReadonlyArray<{ readonly place: string; readonly why: string }>;
  /** Out of the count, by reason. */
  readonly excluded: Readonly<Record<string, number>>;
}

/** Counts what can be rewritten and what the plan rewrites. */
export function countRewritable(count: Count, findings: readonly Finding[], texts: readonly TextFile[]): Rewritable {
  const manifests = new Map(
    texts.filter(({ file }) => /(?:^|\/)package\.json$/.test(file)).map((one) => [one.file, one.text]),
  );
  const verdicts = new Map(
    findings.filter(({ rule }) => rule === 'import-swap').map((one) => [`${one.file}:${one.line}:${one.column}`, one]),
  );
  const excluded: Record<string, number> = {};
  const left: Array<{ place: string; why: string }> = [];
  let counted = 0;
  let rewritten = 0;
  for (const file of new Set(count.imports.map((one) => one.file))) {
    const imports = count.imports.filter((one) => one.file === file);
    const clients = count.clients.filter((one) => one.file === file);
    const points = new Set(
      clients.filter((one) => one.points !== 'azure' || one.className !== 'AzureOpenAI').map((one) => one.points),
    );
    if (points.size !== 1 || !points.has('openai')) continue;
    const size = imports.length + clients.length;
    const reason = whyNot(file, manifests);
    const isOld = clients.some((one) => one.className === 'OpenAIApi');
    if (reason !== undefined || isOld) {
      const shown = isOld ? 'SDK 3' : (reason ?? '');
      excluded[shown] = (excluded[shown] ?? 0) + size;
      continue;
    }
    counted += size;
    const kept = imports.filter((one) => verdicts.get(`${file}:${one.line}:${one.column}`)?.action !== 'rewrite');
    if (kept.length === 0) rewritten += size;
    for (const one of kept) {
      const verdict = verdicts.get(`${file}:${one.line}:${one.column}`);
      left.push({ place: `${file}:${one.line}`, why: verdict?.why ?? 'no finding' });
    }
  }
  return { counted, rewritten, left, excluded };
}

function whyNot(file: string, manifests: ReadonlyMap<string, string>): string | undefined {
  if (/(?:^|\/)(?:dist|build|vendor|out)\//.test(file)) return 'built or vendored';
  const declared = declaringManifest(file, manifests);
  const owner = declared?.json ?? nearestManifests(file, manifests)[0];
  if (declared?.peer === true) return 'packages that have openai as a peer';
  if (owner !== undefined && isLibraryForOpenAI(owner)) return 'libraries for users of OpenAI';
  if (declared === undefined) return undefined;
  const { range } = declared;
  if (/^[\^~]?3\./.test(range)) return 'SDK 3';
  return undefined;
}

interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly keywords?: readonly string[];
  readonly bin?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Published with an entry and types or a list of files, no program, and named after OpenAI or filed under it. */
function isLibraryForOpenAI(json: Manifest): boolean {
  const isPublished =
    json.private !== true && json.bin === undefined && /"(?:main|exports|module)"/.test(JSON.stringify(json));
  const isKept = ['exports', 'types', 'typings', 'files', 'module', 'publishConfig'].some((key) => key in json);
  return isPublished && isKept && (/openai/i.test(json.name ?? '') || json.keywords?.includes('openai') === true);
}

function declaringManifest(
  file: string,
  manifests: ReadonlyMap<string, string>,
): { json: Manifest; peer: boolean; range: string } | undefined {
  for (const json of nearestManifests(file, manifests)) {
    const peer = json.peerDependencies?.['openai'];
    const range = json.dependencies?.['openai'] ?? json.devDependencies?.['openai'] ?? peer;
    if (range !== undefined) return { json, peer: peer !== undefined, range };
  }
  return undefined;
}

/** The package.json files above a file that parse, the nearest first. */
function nearestManifests(file: string, manifests: ReadonlyMap<string, string>): Manifest[] {
  const parts = file.split('/').slice(0, -1);
  return Array.from({ length: parts.length + 1 }, (_, up) => parts.slice(0, parts.length - up)).flatMap((folder) => {
    try {
      return [JSON.parse(manifests.get([...folder, 'package.json'].join('/')) ?? '') as Manifest];
    } catch {
      return [];
    }
  });
}
