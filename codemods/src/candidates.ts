import { kindOf, whySkipped } from './file-kind.ts';
import type { ImportGraph } from './import-graph.ts';
import { sdkFormOf } from './values.ts';

/** Files that the plan parses, and files that it should not touch. */
export interface Candidates {
  readonly files: readonly string[];
  readonly skipped: ReadonlyArray<{ readonly file: string; readonly why: string }>;
}

/** A cheap sign that a file may hold an OpenAI touchpoint. */
const mention = /openai|open_ai|\bgpt-?[345o]|text-embedding-|@migrate-llm\/shim/i;
const modelName =
  /['"`](?:gpt-|chatgpt-|o[134](?:-|['"`])|text-embedding-|whisper-1|tts-1|dall-e|davinci|babbage|omni-moderation|text-moderation|ft:)/;
const endpointWord =
  /\b(?:completions|embeddings|moderations|responses|transcriptions|assistants|threads|createChatCompletion|createEmbedding|images|audio|files|batches|fineTuning|vectorStores|models)\b/;
/** A file that may hand out a subclass of the client, and one that may build it: its options say where the client points. */
const subclass = /\bclass\s+[\w$]*\s*extends\s/;
const construction = /\bnew\s+[A-Z$_]|\bextends\s/;
/** How many imports a client may travel from the file that builds it to the one that calls it. */
const furthest = 4;

/** Whether a file is one the plan reads as code. */
export function isSource(file: string): boolean {
  const kind = kindOf(file);
  return (kind === 'code' || kind === 'component') && !/(?:^|\/)node_modules\//.test(file);
}

/**
 * Picks the files that name the SDK, those that mention OpenAI or its models, and their import neighbours:
 * files a client reaches through imports, with the files in between, and the modules that candidates build on.
 */
export function pickCandidates(
  files: ReadonlyMap<string, string>,
  graph: ImportGraph,
  sources: readonly string[],
): Candidates {
  const picked = new Set<string>();
  const seeds: string[] = [];
  for (const file of sources) {
    const text = files.get(file) ?? '';
    if (graph.specifiersOf(file).some((name) => sdkFormOf(name) !== undefined || name.startsWith('openai/')))
      seeds.push(file);
    if (mention.test(text) || modelName.test(text)) picked.add(file);
  }
  for (const seed of seeds) picked.add(seed);
  for (const file of reachedBy(seeds, graph, files, endpointWord)) picked.add(file);
  const bases = seeds.filter((file) => subclass.test(files.get(file) ?? ''));
  for (const file of reachedBy(bases, graph, files, construction)) picked.add(file);
  for (const file of foundationsOf([...picked], graph)) picked.add(file);

  const skipped: Array<{ file: string; why: string }> = [];
  const kept: string[] = [];
  for (const file of sources) {
    if (!picked.has(file)) continue;
    const text = files.get(file) ?? '';
    const why = whySkipped(file, text);
    if (why === undefined) kept.push(file);
    else if (mention.test(text)) skipped.push({ file, why });
  }
  return { files: kept, skipped };
}

/** Importers with a sign of use, and the files between them and the seeds. */
function reachedBy(
  seeds: readonly string[],
  graph: ImportGraph,
  files: ReadonlyMap<string, string>,
  sign: RegExp,
): Set<string> {
  const from = new Map<string, string>();
  const found = new Set<string>();
  let front = [...seeds];
  const seen = new Set(seeds);
  for (let step = 0; step < furthest && front.length > 0; step += 1) {
    const next: string[] = [];
    for (const file of front) {
      for (const importer of graph.importersOf(file)) {
        if (seen.has(importer)) continue;
        seen.add(importer);
        from.set(importer, file);
        next.push(importer);
        if (!sign.test(files.get(importer) ?? '')) continue;
        for (let back: string | undefined = importer; back !== undefined; back = from.get(back)) found.add(back);
      }
    }
    front = next;
  }
  return found;
}

/** Modules that candidates import, two steps deep: base classes, factories and constants live there. */
function foundationsOf(picked: readonly string[], graph: ImportGraph): Set<string> {
  const found = new Set<string>();
  let front = picked;
  for (let step = 0; step < 2; step += 1) {
    const next: string[] = [];
    for (const file of front) {
      for (const target of graph.importsOf(file)) {
        if (found.has(target) || !isSource(target)) continue;
        found.add(target);
        next.push(target);
      }
    }
    front = next;
  }
  return found;
}
