import type { Observation } from './observation.ts';
import type { CaseKind, ClientId, Level } from './result.ts';

/** What an endpoint needs to have for a case to be asked at all. */
export type Need =
  | 'api key'
  | 'audio'
  | 'batches'
  | 'completions'
  | 'embeddings'
  | 'files'
  | 'moderations'
  | 'reasoning'
  | 'responses'
  | 'tools'
  | 'vision';

/** A value of JSON as a case writes it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** Fields of a form: texts, or a file with its name and content. */
export type CaseForm = Readonly<Record<string, string | { readonly filename: string; readonly content: string }>>;

/**
 * A request of a case. In `path`, `body`, a `raw` text and `form` the texts `$model`, `$model:embeddings`, `$model:moderations`, `$model:vision`,
 * `$model:completions` and `$model:reasoning` stand for the models that the run is set to.
 */
export interface CaseRequest {
  /** `POST` with a body and `GET` without one, when left out. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** Path below the base URL, e.g. `/chat/completions`. */
  readonly path: string;
  /** Added to the run's own; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: JsonValue;
  /** Sent as it is instead of `body`: text that need be no JSON, or bytes. */
  readonly raw?: string | Uint8Array;
  /** Sent as `multipart/form-data` instead of `body`. */
  readonly form?: CaseForm;
  /** Goes away after so many pieces of the answer's body, or after so many milliseconds. */
  readonly stopAfter?: { readonly pieces?: number; readonly ms?: number };
  /** Milliseconds between the reading of two pieces. */
  readonly readDelayMs?: number;
  /** Where reading of the answer stops, bytes; the run's own limit when left out. */
  readonly maxBytes?: number;
  /** Most tokens of prompt and answer together; by the length of the body and its token limits when left out. */
  readonly maxTokens?: number;
}

/** One request, several at the same time, or what follows from what was seen so far (`undefined` ends the case). */
export type Step = CaseRequest | readonly CaseRequest[] | FollowUp;

/** Makes the next request out of what was seen so far. */
export type FollowUp = (seen: readonly Observation[]) => CaseRequest | readonly CaseRequest[] | undefined;

/** What an expectation says of what was seen. */
export type Judgement =
  | 'held'
  | { readonly broken: string }
  | { readonly refused: string }
  | { readonly choseOtherwise: string };

/** One thing that must hold; pure, never throws. */
export interface Expectation {
  /** As reports print it: `every chunk has object "chat.completion.chunk"`. */
  readonly says: string;
  /** @param seen the last observation, unless the expectation picks another out of `all`. */
  readonly judge: (seen: Observation, all: readonly Observation[]) => Judgement;
  /** Only judged in the profile `openai-spec-strict`: OpenAI itself was seen to leave it. */
  readonly strict?: true;
  /** Only means something for the case's own request; left out on recorded exchanges. */
  readonly own?: true;
}

/** What is known of a recorded exchange when it is decided whether a case applies to it. */
export interface RecordedRequest {
  readonly method: string;
  /** Path below the base URL, without its query. */
  readonly path: string;
  /** `{}` where it has none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Whether the answer calls a tool, so that claims about calls are not held on answers without one. */
  readonly calls: boolean;
}

/** A row of a table: one observable claim about an endpoint. Pure data and predicates, so that it runs live, on recordings and on mutated answers. */
export interface Case {
  /** The catalogue's id, e.g. `STR-11`. */
  readonly id: string;
  readonly level: Level;
  readonly kind: CaseKind;
  /** The observable claim. */
  readonly title: string;
  readonly source: string;
  /** Clients that break, where they are known and were not measured (hurts.test.ts). */
  readonly hurts?: readonly ClientId[];
  readonly needs?: Need;
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
  /** Which recorded exchanges of OpenAI the case must hold on; only for cases of one step. */
  readonly applies?: (recorded: RecordedRequest) => boolean;
  /** Why it cannot be asked from outside; it still runs on recordings when it has `applies`. */
  readonly untested?: string;
  /** Must not run beside others: it measures time, or fills the endpoint. */
  readonly alone?: true;
}

/** The cases of one capability. */
export interface Capability {
  /** As reports head it, e.g. `Streaming framing`. */
  readonly name: string;
  readonly cases: readonly Case[];
}

const caseKeys: ReadonlySet<string> = new Set([
  'id',
  'level',
  'kind',
  'title',
  'source',
  'hurts',
  'needs',
  'steps',
  'expect',
  'applies',
  'untested',
  'alone',
] satisfies ReadonlyArray<keyof Case>);
const requestKeys: ReadonlySet<string> = new Set([
  'method',
  'path',
  'headers',
  'body',
  'raw',
  'form',
  'stopAfter',
  'readDelayMs',
  'maxBytes',
  'maxTokens',
] satisfies ReadonlyArray<keyof CaseRequest>);

/**
 * Checks tables before a run.
 * @returns one line a mistake: unknown keys, ids given twice, missing texts, cases that ask or expect nothing.
 */
export function findTableMistakes(capabilities: readonly Capability[]): string[] {
  const seen = new Set<string>();
  return capabilities.flatMap(({ name, cases }) =>
    cases.flatMap((row) => {
      const mistakes: string[] = Object.keys(row)
        .filter((key) => !caseKeys.has(key))
        .map((key) => `has the unknown key ${key}`);
      if (seen.has(row.id)) mistakes.push('is there twice');
      seen.add(row.id);
      if (!/^[A-Z]+-\d\d+$/.test(row.id)) mistakes.push('has an id that is not of the form STR-11');
      for (const key of ['title', 'source'] as const) if (row[key].trim() === '') mistakes.push(`has no ${key}`);
      if (row.untested === undefined && row.steps.length === 0) mistakes.push('asks nothing and does not say why');
      if (row.steps.length > 0 && row.expect.length === 0) mistakes.push('expects nothing');
      if (row.steps.length > 0 && row.untested !== undefined) mistakes.push('asks something although it is untested');
      if (row.applies !== undefined && row.steps.length > 1)
        mistakes.push('applies to recorded exchanges although it has several steps');
      if (row.applies !== undefined && row.expect.every(({ own }) => own === true))
        mistakes.push('applies to recorded exchanges and expects nothing of them');
      for (const request of row.steps.flatMap((step) => (typeof step === 'function' ? [] : step)))
        for (const key of Object.keys(request))
          if (!requestKeys.has(key)) mistakes.push(`has a request with the unknown key ${key}`);
      return mistakes.map((mistake) => `${name}: ${row.id} ${mistake}`);
    }),
  );
}
