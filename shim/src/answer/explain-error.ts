import type { Call } from '../call.ts';
import { suggestWord } from '../config-error.ts';
import { findOpenAIModel, findOpenModel, findRetiredModel, retiredHosts } from '../manifest/index.ts';
import { Refusal } from '../refusal.ts';
import { listEndpointModels } from './endpoint-models.ts';

const shown = 20;
/** Of the path of a base URL: `/v1`, `/openai`, `/api/v2/cortex/v1`. */
const hasVersion = /\/(v\d+[a-z0-9]*|openai)(\/|$)/;

/**
 * Completes an endpoint's error before it goes to the app: a note where it is not what the endpoint sent, and for an unknown model what the endpoint has,
 * what was meant, and whether the name was retired. Anything else comes back as it is.
 */
export async function explainError(error: unknown, call: Call): Promise<unknown> {
  if (!(error instanceof Refusal) || error.upstream === undefined) return error;
  noteTranslation(error, call);
  const hints = explainPlace(error, call);
  if (error.error.code === 'model_not_found')
    hints.push(...explainName(call), ...describeModels(call.model, await listEndpointModels(call)));
  if (hints.length === 0) return error;
  const message = [error.error.message.replace(/[.\s]+$/, ''), ...hints].join('. ');
  return new Refusal(error.status, { ...error.error, message }, error.headers, error.upstream);
}

function noteTranslation({ status, error, upstream }: Refusal, { report }: Call): void {
  if (upstream === undefined || (upstream.status === status && (upstream.code ?? null) === error.code)) return;
  const name = ({
    status: number,
    code,
  }: {
    readonly status: number;
    readonly code?: string | null | undefined;
  }): string => (code === undefined || code === null ? String(number) : `${number} ${code}`);
  report.add({
    code: 'error-translated',
    severity: 'info',
    where: 'response.error',
    what: `${name(upstream)} sent as ${name({ status, code: error.code })}`,
    why: 'OpenAI answers so, and the SDK chooses its error class by it',
    fix: '',
  });
}

/** A service that is gone, or an address without its version path, answers errors that say neither. */
function explainPlace({ status, error, upstream }: Refusal, { baseURL, path }: Call): string[] {
  const { hostname: host, pathname } = new URL(baseURL);
  const gone = retiredHosts.find(({ hostname }) => hostname === host);
  if (gone !== undefined)
    return [`${gone.name} was shut down on ${gone.retired}: use ${gone.instead} (${gone.source})`];
  if (status !== 404 || upstream?.status !== 404 || error.code !== null) return [];
  if (hasVersion.test(pathname) || !/\bnot found\W*$|without a body|an HTML page/i.test(error.message)) return [];
  return [`The request went to ${baseURL}${path}: check that the target's baseURL ends in its version path, e.g. /v1`];
}

function explainName({ model, requestedModel, dialect }: Call): string[] {
  const retired = findRetiredModel(model, dialect.id) ?? findRetiredModel(model);
  if (retired !== undefined) {
    const instead = retired.replacements.length === 0 ? '' : `; it recommends ${retired.replacements.join(' or ')}`;
    return [`${retired.host} retired "${retired.id}" on ${retired.retired}${instead} (${retired.source})`];
  }
  if (model === requestedModel && findOpenAIModel(model) !== undefined)
    return [`"${model}" is OpenAI's name: map it to a name of the endpoint in "models" of migrate-llm.config.json`];
  return [];
}

function describeModels(model: string, names: readonly string[] | undefined): string[] {
  if (names === undefined) return [];
  if (names.length === 0) return ['The endpoint lists no models'];
  const wanted = findOpenModel(model);
  const same = wanted === undefined ? undefined : names.find((name) => findOpenModel(name) === wanted);
  const hint = same === undefined ? suggestWord(model, names) : ` (did you mean "${same}"?)`;
  const rest = names.length > shown ? `, and ${names.length - shown} more` : '';
  return [`The endpoint has: ${names.slice(0, shown).join(', ')}${rest}${hint}`];
}
