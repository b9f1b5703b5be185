import type { Dialect } from './dialect.ts';
import { dialectAt, dialects } from './dialects/index.ts';
import type { Report } from './report.ts';
import type { Target } from './target.ts';
import type { Ask } from './transport.ts';
import { isObject, parseJson } from './wire.ts';

interface Finding {
  readonly dialect: Dialect;
  /** What gave it away. */
  readonly sign: string;
}

const detected = new Map<string, Finding>();

/** Gives a target's dialect. `auto` reads its address, and where that says nothing asks the endpoint for its models, once per process. */
export async function findDialect({ dialect, baseURL }: Target, ask: Ask, report: Report): Promise<Dialect> {
  if (dialect !== 'auto') return dialects[dialect];
  const found = readHost(baseURL) ?? detected.get(baseURL) ?? readSigns(await readModels(ask));
  // An endpoint that gave no sign may give one once it is up, or once the key is right.
  if (found !== undefined) detected.set(baseURL, found);
  const read = found ?? { dialect: dialects['openai-compatible'], sign: 'it gave no sign' };
  report.add({
    code: 'dialect-detected',
    severity: 'info',
    where: 'target',
    what: `${baseURL} is read as ${read.dialect.id}: ${read.sign}`,
    why: 'its dialect is "auto"',
    fix: 'Name the dialect in the config to settle it',
  });
  return read.dialect;
}

function readHost(baseURL: string): Finding | undefined {
  const dialect = dialectAt(baseURL);
  return dialect === undefined ? undefined : { dialect, sign: `its host is ${new URL(baseURL).hostname}` };
}

interface ModelsAnswer {
  readonly ok: boolean;
  readonly headers: Headers;
  readonly models: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

async function readModels(ask: Ask): Promise<ModelsAnswer> {
  const response = await ask('/models', { method: 'GET', body: null });
  const body = parseJson(await response.text());
  const list = Array.isArray(body) ? body : isObject(body) ? body['data'] : undefined;
  return { ok: response.ok, headers: response.headers, models: Array.isArray(list) ? list.filter(isObject) : [] };
}

/** Reads an answer of `/models`: its headers first, then whom models belong to, then the keys they have; providers before the engines they run, and a gateway only where nobody behind it shows. */
function readSigns({ ok, headers, models }: ModelsAnswer): Finding | undefined {
  for (const kinds of [['provider', 'engine'], ['gateway']])
    for (const read of [readHeaders, readOwner, readKeys])
      for (const dialect of kinds.flatMap((kind) => Object.values(dialects).filter((known) => known.kind === kind))) {
        const sign = read(dialect, headers, models);
        if (sign !== undefined) return { dialect, sign };
      }
  return ok ? { dialect: dialects['openai-compatible'], sign: 'its models give no sign' } : undefined;
}

type SignReader = (
  dialect: Dialect,
  headers: ModelsAnswer['headers'],
  models: ModelsAnswer['models'],
) => string | undefined;

const readHeaders: SignReader = ({ signs }, headers) => {
  for (const [name, pattern] of Object.entries(signs.headers ?? {})) {
    const value = headers.get(name);
    if (value !== null && pattern.test(value)) return `header ${name} is ${value}`;
  }
  return undefined;
};

const readOwner: SignReader = ({ signs }, _, models) => {
  const owner = models
    .map((model) => model['owned_by'])
    .find((by) => typeof by === 'string' && signs.ownedBy?.test(by));
  return owner === undefined ? undefined : `its models are owned by ${String(owner)}`;
};

const readKeys: SignReader = ({ signs: { modelKeys } }, _, models) =>
  modelKeys !== undefined && models.length > 0 && models.every((model) => modelKeys.every((key) => key in model))
    ? `its models have ${modelKeys.join(', ')}`
    : undefined;
