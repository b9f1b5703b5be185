/** An API of OpenAI's that ends, by the client's methods below it. */
export interface OpenAIApi {
  readonly name: string;
  /** Paths from the client; each covers everything below it. A parameter stands after `#`, as in `responses.create#prompt`. */
  readonly paths: readonly string[];
  /** ISO date OpenAI turns (or turned) it off. */
  readonly shutdown: string;
  /** What OpenAI or this kit offers instead. */
  readonly instead: string;
  readonly source: string;
  /** ISO date of the source. */
  readonly checked: string;
}

const page = {
  source:
    'https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm',
  checked: '2026-10-28',
};
const sdk = { source: 'https://developers.openai.com/api/docs/deprecations', checked: '2026-11-13' };

/** OpenAI's APIs with an end, the earliest first. */
export const openaiApis: readonly OpenAIApi[] = [
  {
    name: 'Assistants API',
    paths: ['beta.assistants', 'beta.threads'],
    shutdown: '2026-08-26',
    instead: 'keep the history in the app and call chat.completions.create',
    ...sdk,
  },
  {
    name: 'Videos API (Sora)',
    paths: ['videos'],
    shutdown: '2026-09-24',
    instead: 'OpenAI names none',
    ...sdk,
  },
  {
    name: 'Evals API',
    paths: ['evals'],
    shutdown: '2026-11-30',
    instead: 'Promptfoo, which OpenAI’s page names, or `migrate-llm parity`',
    ...page,
  },
  {
    name: 'reusable prompts',
    paths: ['responses.create#prompt', 'responses.stream#prompt'],
    shutdown: '2026-11-30',
    instead: 'move the prompt’s text into the code',
    ...page,
  },
  {
    name: 'audio translations',
    paths: ['audio.translations'],
    shutdown: '2027-02-26',
    instead: '/v1/realtime/translations, a separate integration',
    ...sdk,
  },
];

/** Finds the API that a method belongs to, by its path from the client, e.g. `beta.threads.runs.create`. */
export function findOpenAIApi(path: string): OpenAIApi | undefined {
  return openaiApis.find(({ paths }) => paths.some((start) => path === start || path.startsWith(`${start}.`)));
}
