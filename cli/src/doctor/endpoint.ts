import { createFetch, ShimConfigError, type Fetch } from '@migrate-llm/shim/fetch';
import { CliError } from '../cli-error.ts';
import { readTarget } from '../target.ts';
import { ok, problem, type Check } from './check.ts';
import { checkModel } from './model.ts';
import type { Settings } from './settings.ts';

/** How long an endpoint may take to list its models. */
const patienceMs = 10_000;

/** What an endpoint answered through the shim. */
interface Answer {
  /** Nothing can be asked there: no connection, or the key is refused. */
  readonly closed?: true;
  readonly checks: readonly Check[];
  /** Ids of the endpoint's models; undefined when it gave none. */
  readonly models: readonly string[] | undefined;
}

/**
 * Asks each configured endpoint for its models, through the shim, as the app would.
 * @param say hears of each request before it is sent.
 */
export async function checkEndpoints(settings: Settings, say: (line: string) => void): Promise<Check[]> {
  const targets = [...new Set([undefined, ...settings.models.map(({ target }) => target)])];
  const checks: Check[] = [];
  for (const target of targets) {
    const answer = await askModels(target, say);
    checks.push(...answer.checks);
    const mapped = settings.models.filter((entry) => entry.target === target);
    if (answer.models !== undefined)
      checks.push(
        ...mapped.flatMap(({ from, model }) => checkModel(from, model, answer.models ?? [], settings.rebuilt)),
      );
  }
  return checks;
}

/** Refuses an endpoint that cannot be asked at all. Throws `CliError`. */
export async function refuseClosedEndpoint(target: string | undefined): Promise<void> {
  const { closed, checks } = await askModels(target, () => {});
  const [first] = checks;
  if (closed === true && first !== undefined) throw new CliError(`${first.what}. ${first.fix}`);
}

async function askModels(target: string | undefined, say: (line: string) => void): Promise<Answer> {
  let url = '';
  const send: Fetch = (input, init) => {
    const next = typeof input === 'string' || input instanceof URL ? String(input) : input.url;
    // Where the dialect is to be found out, the shim asks twice.
    if (next !== url) say(`GET ${next}`);
    url = next;
    return fetch(input, { ...init, signal: AbortSignal.timeout(patienceMs) });
  };
  let ask: Fetch;
  try {
    ask = createFetch({
      fetch: send,
      policy: 'silent',
      ...(target === undefined ? {} : { target: readTarget(target) }),
    });
  } catch (error) {
    if (!(error instanceof ShimConfigError)) throw error;
    return { checks: [problem(error.message, '')], models: undefined };
  }
  // The shim hands the fetch back untouched when nothing is to be translated.
  if (ask === send)
    return { checks: [ok('the kill switch is on: every call goes to OpenAI, untouched')], models: undefined };
  try {
    const response = await ask('https://api.openai.com/v1/models', { method: 'GET' });
    return readAnswer(url, response.status, await response.text());
  } catch (error) {
    return {
      closed: true,
      checks: [
        problem(`${url} does not answer: ${describeFailure(error)}`, 'Start the endpoint, or correct its baseURL.'),
      ],
      models: undefined,
    };
  }
}

function readAnswer(url: string, status: number, text: string): Answer {
  const body = parse(text);
  const message = body?.error?.message ?? text.slice(0, 200);
  if (status === 401 || status === 403)
    return {
      closed: true,
      checks: [
        problem(
          `${url} refuses the key (${status}): ${message}`,
          'Set MIGRATE_LLM_API_KEY, or the variable that the target names in apiKeyEnv, to a key of this endpoint.',
        ),
      ],
      models: undefined,
    };
  if (status === 404)
    return {
      checks: [
        problem(`${url} is not there (404)`, 'Give the baseURL with its version path, e.g. http://127.0.0.1:8080/v1.'),
      ],
      models: undefined,
    };
  if (status !== 200 || body?.data === undefined)
    return {
      checks: [problem(`${url} answers ${status}: ${message}`, 'Look at the log of the endpoint.')],
      models: undefined,
    };
  const models = body.data.map(({ id }) => id);
  const shown = models.slice(0, 3).join(', ') + (models.length > 3 ? `, … (${models.length} in all)` : '');
  return { checks: [ok(`${url} answers; its models: ${shown === '' ? 'none' : shown}`)], models };
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  const cause = error.cause as (Error & { code?: string }) | undefined;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused: nothing listens there',
    ENOTFOUND: 'the host name is not known',
    EAI_AGAIN: 'the host name cannot be looked up',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
  };
  const code = cause?.code ?? '';
  return words[code] === undefined ? (cause?.message ?? error.message) : `${words[code]} (${code})`;
}

function parse(text: string): { data?: Array<{ id: string }>; error?: { message?: string } } | undefined {
  try {
    return JSON.parse(text) as { data?: Array<{ id: string }>; error?: { message?: string } };
  } catch {
    return undefined;
  }
}
