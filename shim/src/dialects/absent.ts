import { type EndpointRule, type Fact, type Layer, sourced } from '../dialect.ts';
import type { EndpointId } from '../endpoints.ts';

/** What an endpoint is called, and what to do where it is not there; without that the shim imitates it. */
interface Absence {
  readonly what: string;
  readonly fix?: string;
}

/** Endpoints that one or another server does not have. */
const absences = {
  completions: { what: 'completions' },
  moderations: { what: 'moderations' },
  embeddings: { what: 'embeddings', fix: 'Send embeddings to a server of an embedding model' },
  audio: { what: 'audio endpoint', fix: 'Send the call to a speech server, by a rule of its own in "route"' },
  images: { what: 'images endpoint', fix: 'Keep this call on OpenAI or on an image server' },
  files: { what: 'files endpoint', fix: 'Put the text or the image into the call itself, or keep this call on OpenAI' },
  batches: { what: 'batches endpoint', fix: 'Send the requests one by one, some of them at once' },
  vector_stores: {
    what: 'vector stores',
    fix: 'Keep the vectors in a database of your own (e.g. pgvector) and make them by embeddings.create',
  },
  fine_tuning: {
    what: 'fine-tuning endpoint',
    fix: 'Train with the tools of the model’s host, and name the new model in "models" of the settings',
  },
  realtime: {
    what: 'realtime endpoint',
    fix: 'Make three calls of it: audio.transcriptions, chat.completions with stream, audio.speech',
  },
} as const satisfies { readonly [E in EndpointId]?: Absence };

type AbsentId = keyof typeof absences;

/** Rows for endpoints that a server does not have. `fact` makes one of its reason, `name` is who has not got them. */
export function absentEndpoints(
  name: string,
  fact: (because: string) => Fact,
  ...ids: readonly AbsentId[]
): NonNullable<Layer['endpoints']> {
  return writeRows((what) => fact(`${name} has no ${what}`), ids);
}

function writeRows(tell: (what: string) => Fact, ids: readonly AbsentId[]): NonNullable<Layer['endpoints']> {
  return Object.fromEntries(
    ids.map((id): [EndpointId, EndpointRule] => {
      const { what, fix }: Absence = absences[id];
      const row = tell(what);
      return [id, fix === undefined ? { kind: 'emulated', ...row } : { kind: 'refused', fix, ...row }];
    }),
  );
}

/** The Assistants API is nobody's: OpenAI has turned it off. */
const assistants: EndpointRule = {
  kind: 'refused',
  fix: 'Threads become conversations, runs become responses.create: see "From Assistants to Responses" in the README of @migrate-llm/shim',
  ...sourced(
    'https://developers.openai.com/api/docs/deprecations',
    '2026-11-13',
  )('OpenAI turned the Assistants API off on 2026-08-26, and no endpoint of open models took it over'),
};

/** Rows for what hardly any server of open models has; one that has it says so in its dialect, or the user in the target's rules. */
export const rareEndpoints: NonNullable<Layer['endpoints']> = {
  ...writeRows(
    (what) =>
      sourced(
        'https://github.com/ogx-ai/ogx/blob/main/docs/docs/api-openai/conformance.mdx',
        '2026-04-30',
      )(`hardly any endpoint of open models has OpenAI’s ${what}, and nobody has described it of this one`),
    ['files', 'batches', 'vector_stores', 'fine_tuning', 'realtime'],
  ),
  assistants,
};
