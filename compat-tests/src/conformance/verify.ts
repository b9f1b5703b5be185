import type { Fetch } from '@migrate-llm/shim/fetch';
import { type CandidateOptions, createCandidate } from '../candidate.ts';
import { type AskOptions, createAsk, type Models } from './ask.ts';
import { readCalibration } from './calibration.ts';
import { capabilities } from './cases/index.ts';
import { describeLacks, type Features } from './features.ts';
import { findGap } from './gaps.ts';
import { listModels } from './preflight.ts';
import type { ConformanceReport, ProfileId } from './result.ts';
import { runCases, type RunOptions } from './run.ts';
import { selectCases, VerifyError } from './selection.ts';

/** The endpoint asked directly. */
export interface DirectEndpoint {
  /** Base URL with its version path, e.g. `http://127.0.0.1:8080/v1`. */
  readonly baseURL: string;
  /** The endpoint's key; none is sent when left out. */
  readonly apiKey?: string;
  /** Sends the requests; the platform's fetch when left out. */
  readonly fetch?: Fetch;
}

/** The endpoint asked through the shim, as the migrated app has it. */
export interface ShimEndpoint {
  readonly shim: CandidateOptions;
}

/** Settings of {@link verify}. */
export interface VerifyOptions extends Pick<
  RunOptions,
  'concurrency' | 'finished' | 'k' | 'maxRequests' | 'maxTokens' | 'onProgress' | 'onStart' | 'retries' | 'timeoutMs'
> {
  readonly endpoint: DirectEndpoint | ShimEndpoint;
  /** How reports name the endpoint; its address when left out. */
  readonly name?: string;
  /** The model that is asked; the first of the endpoint's list when left out. */
  readonly model?: string;
  /** Models for what the chat model does not do. */
  readonly models?: Omit<Partial<Models>, 'chat'>;
  /** What is known of the endpoint. */
  readonly has?: Features['has'];
  /** `openai-observed` when left out. */
  readonly profile?: ProfileId;
  /** Only these cases: ids, starts of ids, capabilities. */
  readonly only?: readonly string[];
  /** Dialect of the endpoint, for what is known of it. */
  readonly dialect?: string;
}

/** Where requests go, and what is said of it. */
interface Way extends Omit<AskOptions, 'models'> {
  readonly via: 'direct' | 'shim';
  readonly name: string;
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly takesKey: boolean;
}

/**
 * Asks every conformance case at an endpoint, directly or through the shim.
 * Never throws for what the endpoint does: what cannot be asked is INCONCLUSIVE in the report, with the reason.
 * Throws {@link VerifyError} for settings that cannot be used, and the shim's `ShimConfigError`.
 */
export async function verify(options: VerifyOptions): Promise<ConformanceReport> {
  const chosen = selectCases(capabilities, options.only ?? []);
  return runCases({ ...(await openRun(options)), capabilities: chosen });
}

/** Settles how cases are asked at the endpoint of the options. Throws {@link VerifyError}, and the shim's `ShimConfigError`. */
export async function openRun(options: VerifyOptions): Promise<Omit<RunOptions, 'capabilities'>> {
  const way = openWay(options.endpoint);
  const model = options.model ?? (await findModel(way, options.timeoutMs));
  const models: Models = { ...options.models, chat: model };
  return {
    ...options,
    ask: createAsk({ ...way, models }),
    endpoint: { name: options.name ?? way.name, via: way.via, baseURL: way.shown, model, software: null },
    profile: options.profile ?? 'openai-observed',
    calibrated: readCalibration,
    findGap: (id) => findGap(options.dialect, id),
    lacks: describeLacks({
      models,
      takesKey: way.takesKey,
      ...(options.has === undefined ? {} : { has: options.has }),
    }),
    secrets: way.secrets,
  };
}

/** Without a model named and without a list of models the run still starts, and its first question says what is wrong. */
async function findModel(way: Way, timeoutMs = 20_000): Promise<string> {
  const ask = createAsk({ ...way, models: { chat: '' } });
  const [first] = await listModels(ask, Math.min(timeoutMs, 20_000));
  return first ?? 'default';
}

function openWay(endpoint: DirectEndpoint | ShimEndpoint): Way {
  if ('shim' in endpoint) return openShim(endpoint.shim);
  const { baseURL, apiKey, fetch = (input, init) => globalThis.fetch(input, init) } = endpoint;
  if (!URL.canParse(baseURL) || !/^https?:$/.test(new URL(baseURL).protocol))
    throw new VerifyError(`the base URL is "${baseURL}"; give one such as http://127.0.0.1:8080/v1`);
  return {
    via: 'direct',
    name: baseURL,
    shown: baseURL,
    baseURL,
    fetch,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    secrets: apiKey === undefined ? [] : [apiKey],
    takesKey: apiKey !== undefined,
  };
}

function openShim(options: CandidateOptions): Way {
  const candidate = createCandidate({ policy: 'silent', ...options });
  const { target, targets } = options;
  const held = typeof target === 'string' ? targets?.[target] : target;
  const { wrongKeyFetch } = candidate;
  return {
    via: 'shim',
    name: candidate.name,
    shown: held?.baseURL ?? candidate.name,
    baseURL: 'https://api.openai.com/v1',
    fetch: candidate.fetch,
    ...(wrongKeyFetch === undefined ? {} : { wrongKeyFetch }),
    // The shim puts the target's own key in its place.
    headers: { authorization: 'Bearer not-for-the-target' },
    secrets: [held?.apiKey, held?.apiKeyEnv === undefined ? undefined : process.env[held.apiKeyEnv]].filter(
      (secret) => secret !== undefined,
    ),
    takesKey: wrongKeyFetch !== undefined,
  };
}
