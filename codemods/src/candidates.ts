import { kindOf, whySkipped } from './file-kind.ts';
import type { ImportGraph } from './import-graph.ts';
import { sdkFormOf } from './values.ts';

/** Files that the plan parses, and files that it should not touch. */
export interface Candidates {
  /** Files among which clients are followed: those that name the SDK or call an endpoint, and what they import and hand on to. */
  readonly together: readonly string[];
  /** Files that only mention OpenAI; each is read by itself. */
  readonly alone: readonly string[];
  readonly skipped: ReadonlyArray<{ readonly file: string; readonly why: string }>;
}

/** A cheap sign that a file may hold an OpenAI touchpoint. */
const mention =
  /openai|open_ai|\bgpt-?[345o]|text-embedding-|@migrate-llm\/shim|@ai-sdk\/azure|llamaindex|tiktoken|gpt-tokenizer|gpt-?3-(?:encoder|tokenizer)|['"]chatgpt['"]|helicone|portkey|litellm|gateway\.ai\.cloudflare\.com/i;
const modelName =
  /['"`](?:gpt-|chatgpt-|o[134](?:-|['"`])|text-embedding-|whisper-1|tts-1|dall-e|davinci|babbage|omni-moderation|text-moderation|ft:)/;
const endpointWord =
  /\b(?:completions|embeddings|moderations|responses|transcriptions|assistants|threads|createChatCompletion|createEmbedding|images|audio|files|batches|fineTuning|vectorStores|models)\b/;
/** A file that may hand out a subclass of the client, and one that may build it: its options say where the client points. */
const subclass = /\bclass\s+[\w$]*\s*extends\s/;
const construction = /\bnew\s+[A-Z$_]|\bextends\s/;
/** An endpoint called on something, of the SDK as it is and as openai 3 had it, and its old way to call functions. */
const call =
  /\b(?:completions|embeddings|moderations|responses|images|transcriptions|translations|speech|assistants|threads|runs|vectorStores|fineTuning|batches)[!?]{0,2}\s*\.\s*(?:create|parse|stream|run|list|retrieve|generate|edit|cancel|del|update|messages|files|jobs)|\bcreate(?:ChatCompletion|Completion|Embedding|Moderation|Image|Transcription|Translation)\b|\bfunction_call\b/;
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
 * @param isWhole follow values among all of them, as rewrites do that need to know every use of a name.
 */
export function pickCandidates(
  files: ReadonlyMap<string, string>,
  graph: ImportGraph,
  sources: readonly string[],
  isWhole: boolean,
): Candidates {
  const mentioning = new Set<string>();
  const following = new Set<string>();
  const seeds: string[] = [];
  for (const file of sources) {
    const text = files.get(file) ?? '';
    const isSeed = graph.specifiersOf(file).some((name) => sdkFormOf(name) !== undefined || name.startsWith('openai/'));
    if (isSeed) seeds.push(file);
    const isMentioning = mention.test(text) || modelName.test(text);
    if (isMentioning) mentioning.add(file);
    if (isSeed || (isMentioning && (isWhole || call.test(text)))) following.add(file);
  }
  for (const file of reachedBy(seeds, graph, (text, name) => mentioning.has(name) || endpointWord.test(text), files))
    following.add(file);
  const bases = seeds.filter((file) => subclass.test(files.get(file) ?? ''));
  for (const file of reachedBy(bases, graph, (text) => construction.test(text), files)) following.add(file);
  for (const file of foundationsOf([...following], graph)) following.add(file);

  const skipped: Array<{ file: string; why: string }> = [];
  const together: string[] = [];
  const alone: string[] = [];
  for (const file of sources) {
    if (!following.has(file) && !mentioning.has(file)) continue;
    const text = files.get(file) ?? '';
    const why = whySkipped(file, text);
    if (why === undefined) (following.has(file) ? together : alone).push(file);
    else if (mention.test(text)) skipped.push({ file, why });
  }
  return { together, alone, skipped };
}

/** Importers with a sign of use, and the files between them and the seeds. */
function reachedBy(
  seeds: readonly string[],
  graph: ImportGraph,
  isSign: (text: string, file: string) => boolean,
  files: ReadonlyMap<string, string>,
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
        if (!isSign(files.get(importer) ?? '', importer)) continue;
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
