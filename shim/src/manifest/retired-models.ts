import type { DialectId } from './names.ts';

/** A name that a host no longer answers to. */
export interface RetiredModel {
  /** Who took it off: a dialect's id, or a host that has no dialect of its own. */
  readonly host: DialectId | (string & {});
  readonly id: string;
  /** ISO date it stopped answering. */
  readonly retired: string;
  /** What the host recommends instead, in its own names; empty where it names nothing. */
  readonly replacements: readonly string[];
  /** For whom it still answers; empty where for nobody. */
  readonly except: string;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

const rows = (
  host: string,
  retired: string,
  replacements: readonly string[],
  source: string,
  checked: string,
  ids: string,
  except = '',
): readonly RetiredModel[] =>
  ids.split(' ').map((id) => ({ host, id, retired, replacements, except, source, checked }));

const groqIssue = 'https://github.com/scienceverse/metacheck/issues/319';
const groqKeeps = 'committed enterprise contracts';
const cerebras = 'https://inference-docs.cerebras.ai/support/deprecation';
const oss = ['gpt-oss-120b'];
const scaleway = 'https://www.scaleway.com/en/docs/generative-apis/reference-content/supported-models/';
const novita = 'https://novita.ai/docs/changelog/04-06-26';

/** Names of open models that hosts took off, by host. */
export const retiredModels: readonly RetiredModel[] = [
  ...rows(
    'groq',
    '2026-07-17',
    ['openai/gpt-oss-120b', 'qwen/qwen3.6-27b'],
    groqIssue,
    '2026-11-23',
    'meta-llama/llama-4-scout-17b-16e-instruct',
    groqKeeps,
  ),
  ...rows(
    'groq',
    '2026-08-16',
    ['openai/gpt-oss-120b', 'qwen/qwen3.6-27b'],
    'https://github.com/codedaily04/commit-craft/issues/1',
    '2026-11-23',
    'llama-3.3-70b-versatile',
    groqKeeps,
  ),
  ...rows('groq', '2026-08-16', ['openai/gpt-oss-20b'], groqIssue, '2026-11-23', 'llama-3.1-8b-instant', groqKeeps),
  ...rows('cerebras', '2025-01-17', ['llama-3.3-70b'], cerebras, '2026-02-16', 'llama3.1-70b'),
  ...rows('cerebras', '2025-08-12', ['qwen-3-32b'], cerebras, '2026-02-16', 'deepseek-r1-distill-llama-70b'),
  ...rows('cerebras', '2025-10-15', oss, cerebras, '2026-02-16', 'llama-4-maverick-17b-128e-instruct'),
  ...rows('cerebras', '2025-11-03', oss, cerebras, '2026-02-16', 'llama-4-scout-17b-16e-instruct'),
  ...rows('cerebras', '2025-11-05', ['zai-glm-4.7'], cerebras, '2026-02-16', 'qwen-3-coder-480b'),
  ...rows('cerebras', '2026-01-20', ['zai-glm-4.7'], cerebras, '2026-02-16', 'zai-glm-4.6'),
  ...rows('cerebras', '2026-02-16', oss, cerebras, '2026-02-16', 'llama-3.3-70b qwen-3-32b'),
  ...rows('cerebras', '2026-05-27', [], `${cerebras}.md`, '2026-04-22', 'llama3.1-8b qwen-3-235b-a22b-instruct-2507'),
  ...rows('scaleway', '2025-05-25', ['llama-3.3-70b-instruct'], scaleway, '2025-09-12', 'llama-3.1-70b-instruct'),
  ...rows(
    'novita',
    '2026-06-19',
    ['meta-llama/llama-3.3-70b-instruct'],
    novita,
    '2026-06-04',
    'meta-llama/llama-3-70b-instruct',
  ),
  ...rows(
    'novita',
    '2026-06-19',
    ['meta-llama/llama-3.1-8b-instruct'],
    novita,
    '2026-06-04',
    'meta-llama/llama-3-8b-instruct',
  ),
];

/** Finds a retired name. `host` narrows to one host; without it the first host that retired the name answers. */
export function findRetiredModel(name: string, host?: string): RetiredModel | undefined {
  const id = name.trim().toLowerCase();
  return retiredModels.find((model) => model.id === id && (host === undefined || model.host === host));
}

/** A whole service that no longer answers. */
export interface RetiredHost {
  /** Host name of its base URL. */
  readonly hostname: string;
  readonly name: string;
  /** ISO date it stopped answering. */
  readonly retired: string;
  readonly instead: string;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

/** Services for open models that were shut down. */
export const retiredHosts: readonly RetiredHost[] = [
  {
    hostname: 'api.llama.com',
    name: 'Meta’s Llama API',
    retired: '2026-07-06',
    instead: 'another host of Llama models; its successor api.meta.ai serves closed models only',
    source: 'https://github.com/deepset-ai/haystack-core-integrations/issues/3544',
    checked: '2026-11-23',
  },
];
