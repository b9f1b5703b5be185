import type { Finding } from '@migrate-llm/codemods';
import type { Count } from './counter/count.ts';
import type { TextFile } from './folder.ts';

/**
 * What can be rewritten, by the counter alone: the value imports of `openai` and the clients of every file that builds a client,
 * all of whose clients evidently point at OpenAI (an AzureOpenAI beside them stays as it is). Not among them, and counted by
 * themselves: SDK 3, packages that have `openai` as a peer (they wrap the client of their users), and copies that nobody edits.
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
  if (declared === undefined) return undefined;
  const { peer, range } = declared;
  if (peer) return 'a package that has openai as a peer';
  if (/^[\^~]?3\./.test(range)) return 'SDK 3';
  return undefined;
}

function declaringManifest(
  file: string,
  manifests: ReadonlyMap<string, string>,
): { peer: boolean; range: string } | undefined {
  const parts = file.split('/').slice(0, -1);
  for (let length = parts.length; length >= 0; length -= 1) {
    const text = manifests.get([...parts.slice(0, length), 'package.json'].join('/'));
    if (text === undefined) continue;
    let json: Record<string, Record<string, string> | undefined>;
    try {
      json = JSON.parse(text) as typeof json;
    } catch {
      continue;
    }
    const peer = json['peerDependencies']?.['openai'];
    const range = json['dependencies']?.['openai'] ?? json['devDependencies']?.['openai'] ?? peer;
    if (range !== undefined) return { peer: peer !== undefined, range };
  }
  return undefined;
}
