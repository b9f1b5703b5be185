import { blessConfigError, ShimConfigError } from './config-error.ts';
import { lookAround } from './config-file.ts';
import type { MigrateOptions } from './config.ts';
import { createTranslatingFetch } from './core.ts';
import { createReport } from './report.ts';
import { attachMigration } from './response.ts';
import { type CallSettings, resolveSetup, type Setup } from './setup.ts';
import type { Fetch } from './transport.ts';

type Options = Record<PropertyKey, unknown>;
interface SdkClient {
  fetch: Fetch;
}
/** The SDK's promise of a result, whose parser gets the response as (part of) its last argument. */
interface SdkPromise {
  parseResponse?: (...args: readonly unknown[]) => unknown;
}
type SdkClass = (new (options?: Options, ...rest: readonly unknown[]) => SdkClient) & { readonly prototype: SdkClient };

/** The classes that stand for the SDK's own. */
export interface ShimClasses {
  readonly OpenAI: SdkClass;
  /** `undefined` where the SDK (or a mock of it) has none. */
  readonly AzureOpenAI: SdkClass | undefined;
}

/** What the shim put into a client's options in place of what the caller gave, so that `withOptions` starts from the caller's. */
interface Carried {
  readonly applied: Options;
  readonly given: Options;
}

const carriedKey = Symbol.for('migrate-llm.carried');
/** Stands for the key the SDK demands; it reaches nobody who checks it. */
const placeholderKey = 'migrate-llm';

/** Subclasses an installed openai package, any major from 4.104 to 7: the same surface, answered by the configured target. `sdk` is the package's module object. */
export function defineShim(sdk: object): ShimClasses {
  const Base = (pick(sdk, 'OpenAI') ?? pick(sdk, 'default') ?? sdk) as SdkClass;
  const OpenAIError = (pick(sdk, 'OpenAIError') ?? pick(Base, 'OpenAIError') ?? Error) as new (
    message: string,
  ) => Error;
  const AzureBase = (pick(sdk, 'AzureOpenAI') ?? pick(Base, 'AzureOpenAI')) as SdkClass | undefined;
  const OpenAI = bless(Base, Base, OpenAIError, false);
  const AzureOpenAI = AzureBase === undefined ? undefined : bless(AzureBase, AzureBase, OpenAIError, true);
  // Statics name the raw classes (`OpenAI.OpenAI`, and `.AzureOpenAI` on openai 4).
  for (const [name, value] of [
    ['OpenAI', OpenAI],
    ['default', OpenAI],
    ['AzureOpenAI', AzureOpenAI],
  ] as const)
    if (value !== undefined && (name in Base || name !== 'AzureOpenAI'))
      Object.defineProperty(OpenAI, name, { value, enumerable: true, configurable: true, writable: true });
  return { OpenAI, AzureOpenAI };
}

function bless(Base: SdkClass, Kind: SdkClass, OpenAIError: new (message: string) => Error, azure: boolean): SdkClass {
  const real = isReal(Base);
  const Shim = class extends Base {
    constructor(options: Options = {}, ...rest: readonly unknown[]) {
      const plan = real ? prepareOptions(options, OpenAIError, azure) : { options, wrap: undefined };
      // openai 4 falls back to its own node-fetch, with agents and Node streams: wrap that one once it is there.
      const late = plan.wrap !== undefined && isAbsent(plan.options['fetch']) && !('withOptions' in Base.prototype);
      if (plan.wrap !== undefined && !late) {
        const fetch = plan.wrap(readFetch(plan.options['fetch']));
        plan.options['fetch'] = fetch;
        (plan.options[carriedKey] as Carried).applied['fetch'] = fetch;
      }
      super(plan.options, ...rest);
      if (plan.wrap !== undefined && late) this.fetch = plan.wrap(this.fetch);
    }

    /** Every client of the SDK's class counts, made by whichever door; a subclass of ours keeps its own line. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(this === Shim ? Kind : this, value);
    }
  };
  Object.defineProperty(Shim, 'name', { value: Base.name, configurable: true });
  if (real) markResults(Base, Shim);
  return Shim;
}

/** Lets results carry `_migration`: openai 7 parses a response's text itself, so the mark is set after its parser. */
function markResults(Base: SdkClass, Shim: SdkClass): void {
  const timed = pick(Base.prototype, 'parseResponseWithTimeout');
  if (typeof timed === 'function') {
    const parse = async function (this: unknown, client: unknown, props: object): Promise<unknown> {
      const value: unknown = await Reflect.apply(timed, this, [client, props]);
      return attachMigration(value, pick(props, 'response'));
    };
    Object.defineProperty(Shim.prototype, 'parseResponseWithTimeout', {
      value: parse,
      configurable: true,
      writable: true,
    });
    return;
  }
  const request = pick(Base.prototype, 'request');
  if (typeof request !== 'function') return;
  const marked = function (this: unknown, ...args: readonly unknown[]): unknown {
    const promise = Reflect.apply(request, this, args) as SdkPromise;
    const parse = promise.parseResponse;
    if (typeof parse !== 'function') return promise;
    promise.parseResponse = async (...given) => {
      const props = given.at(-1);
      return attachMigration(await parse(...given), isAbsent(props) ? undefined : pick(props as object, 'response'));
    };
    return promise;
  };
  Object.defineProperty(Shim.prototype, 'request', { value: marked, configurable: true, writable: true });
}

interface Plan {
  readonly options: Options;
  readonly wrap: ((inner: Fetch) => Fetch) | undefined;
}

function prepareOptions(input: Options, OpenAIError: new (message: string) => Error, azure: boolean): Plan {
  const given = restoreOptions(input);
  const setup = settle(given, OpenAIError, azure);
  const { migrate: _, ...bare } = given;
  if (setup === 'openai') return { options: bare, wrap: undefined };
  if (usesForeignAuth(given)) {
    createReport(setup.policy, setup.onNote).add({
      code: 'client-untouched',
      severity: setup.policy === 'strict' ? 'info' : 'lossy',
      where: 'client',
      what: `requests of this client go where the SDK sends them${setup.record === undefined ? ', not to the target' : ' and are not recorded'}`,
      why: 'workload identity, X.509 and provider clients sign requests for their own endpoint and refuse another fetch',
      fix: 'Construct the client without them to move it to the target',
    });
    return { options: bare, wrap: undefined };
  }
  const applied =
    setup.target === 'openai'
      ? {}
      : setup.target.keepsCredentials
        ? keepCredentials(given, azure)
        : replaceCredentials(setup.target.baseURL, given, azure);
  const options: Options = { ...given, ...applied, [carriedKey]: { applied, given } satisfies Carried };
  for (const key of Object.keys(applied)) if (applied[key] === undefined) delete options[key];
  return { options, wrap: (inner) => createTranslatingFetch(setup, inner) };
}

/** Undoes what an earlier construction put in, where `withOptions` hands it on unchanged. */
function restoreOptions(input: Options): Options {
  const { [carriedKey]: held, ...options } = input;
  if (held === undefined) return options;
  const { applied, given } = held as Carried;
  for (const key of Object.keys(applied)) {
    if (options[key] !== applied[key]) continue;
    if (key in given) options[key] = given[key];
    else delete options[key];
  }
  return options;
}

function settle(given: Options, OpenAIError: new (message: string) => Error, azure: boolean): Setup {
  const { baseURL, apiKey, organization, project, migrate } = given;
  const elsewhere = !azure && typeof baseURL === 'string' && baseURL !== '' && !isOpenAI(baseURL);
  const call: CallSettings = {
    baseURL: elsewhere ? baseURL : undefined,
    apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    openai: {
      // A key given beside another endpoint's address, or to Azure, is not OpenAI's.
      apiKey: elsewhere || azure ? undefined : (apiKey as string | (() => Promise<string>) | undefined),
      baseURL: typeof baseURL === 'string' ? baseURL : undefined,
      organization: organization as string | null | undefined,
      project: project as string | null | undefined,
    },
  };
  try {
    return resolveSetup(migrate as MigrateOptions | undefined, lookAround(), call);
  } catch (error) {
    throw error instanceof ShimConfigError ? blessConfigError(error, OpenAIError) : error;
  }
}

/** The target's address for the SDK's, and nothing of the caller's identity: what bypasses our fetch (a WebSocket) has no key to leak either. */
function replaceCredentials(baseURL: string, given: Options, azure: boolean): Options {
  const applied: Options = { baseURL, apiKey: placeholderKey, organization: null, project: null };
  if (!azure) return applied;
  return {
    ...applied,
    endpoint: undefined,
    azureADTokenProvider: undefined,
    apiVersion: given['apiVersion'] ?? 'unused',
  };
}

function keepCredentials({ apiKey }: Options, azure: boolean): Options {
  const env =
    (globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } }).process
      ?.env ?? {};
  return azure || !isAbsent(apiKey) || (env['OPENAI_API_KEY'] ?? '') !== '' ? {} : { apiKey: placeholderKey };
}

function usesForeignAuth(given: Options): boolean {
  return ['workloadIdentity', 'credential', 'x509Transport', 'provider'].some((key) => !isAbsent(given[key]));
}

function isOpenAI(baseURL: string): boolean {
  try {
    return /(^|\.)(openai\.com|openai\.azure\.com)$/.test(new URL(baseURL).hostname);
  } catch {
    return false;
  }
}

/** A mock of the SDK is constructed as it is: its requests go nowhere. */
function isReal(Base: SdkClass): boolean {
  const post = pick(Base.prototype, 'post');
  return typeof post === 'function' && !('_isMockFunction' in post) && !('_isMockFunction' in Base);
}

function readFetch(given: unknown): Fetch {
  // Looked up at each call, so that a fetch replaced later (a test's mock) is the one that sends.
  return typeof given === 'function' ? (given as Fetch) : (input, init) => globalThis.fetch(input, init);
}

/** Reads a key without waking a mock module's complaint about keys it lacks. */
function pick(holder: object | undefined, key: string): unknown {
  return holder !== undefined && key in holder ? (holder as Options)[key] : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
