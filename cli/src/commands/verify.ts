import { resolve } from 'node:path';
import {
  CandidateError,
  type CaseResult,
  conformanceFormats,
  type ConformanceReport,
  type DirectEndpoint,
  exitCodeOfRun,
  isProfile,
  needs,
  openProgressFile,
  type ProfileId,
  profiles,
  readRecording,
  RecordingError,
  type ShimEndpoint,
  verify,
  VerifyError,
  verifyRecorded,
  writeConformance,
} from '@migrate-llm/compat-tests';
import { ShimConfigError } from '@migrate-llm/shim/fetch';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { openProgress } from '../progress.ts';
import { readTarget } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { openOutputs } from '../verify/outputs.ts';
import { compareFiles } from '../verify/compare.ts';
import { count, findNearest, showName } from '../word.ts';

/** Asks the conformance cases at an endpoint, or holds them against a recording, or puts reports side by side. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  if (args.values.has('compare')) return compareFiles(args, terminal);
  const [surplus] = args.words;
  if (surplus !== undefined)
    throw new CliError(
      `"${surplus}" is one word too many: reports are named behind --compare, endpoints by --base-url`,
    );
  const outputs = openOutputs(args, terminal, conformanceFormats, (form, report: ConformanceReport, color) =>
    writeConformance(form, report, { color }),
  );
  try {
    const report = await makeReport(args, terminal);
    outputs.write(report);
    return exitCodeOfRun(report);
  } catch (error) {
    const known = [VerifyError, RecordingError, CandidateError, ShimConfigError].some((kind) => error instanceof kind);
    if (known && error instanceof Error) throw new CliError(error.message);
    throw error;
  }
}

async function makeReport(args: Args, terminal: Terminal): Promise<ConformanceReport> {
  const profile = readProfile(args);
  const only = args.values.get('only') ?? [];
  const dialect = valueOf(args, 'dialect');
  const recorded = valueOf(args, 'recorded');
  if (recorded !== undefined) {
    const exchanges = await readRecording(resolve(terminal.cwd, recorded));
    return verifyRecorded({ exchanges, name: recorded, profile, only, ...(dialect === undefined ? {} : { dialect }) });
  }
  const endpoint = readEndpoint(args, terminal);
  const resume = valueOf(args, 'resume');
  const [name, model, k] = [valueOf(args, 'name'), valueOf(args, 'model'), readNumber(args, 'k', 1, 1000)];
  const kept =
    resume === undefined
      ? undefined
      : openProgressFile(resolve(terminal.cwd, resume), {
          via: 'shim' in endpoint ? 'shim' : 'direct',
          baseURL: 'shim' in endpoint ? (valueOf(args, 'target') ?? '') : endpoint.baseURL,
          model: model ?? null,
          profile,
        });
  const progress = openProgress(terminal);
  const report = await verify({
    endpoint,
    profile,
    only,
    models: readModels(args),
    has: readHas(args),
    ...(dialect === undefined ? {} : { dialect }),
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    ...(k === undefined ? {} : { k }),
    ...readLimits(args),
    ...(kept === undefined ? {} : { finished: kept.finished }),
    onStart: ({ requests, tokens }, cases) =>
      terminal.err(
        `migrate-llm: ${count(cases, 'case')}, at most ${requests.toLocaleString('en-US')} requests and about ${tokens.toLocaleString('en-US')} tokens, retries left out\n`,
      ),
    onProgress: ({ done, total, result }) => {
      kept?.append(result);
      progress.say(`${done}/${total} ${describe(result)}`);
    },
  });
  progress.end();
  if (report.obstacle !== null) terminal.err(`migrate-llm: ${showName(report.obstacle)}\n`);
  return report;
}

function describe({ id, verdict }: CaseResult): string {
  return `${id} ${verdict}`;
}

function readEndpoint(args: Args, terminal: Terminal): DirectEndpoint | ShimEndpoint {
  const [baseURL, target, keyName] = ['base-url', 'target', 'api-key-env'].map((name) => valueOf(args, name));
  if (baseURL !== undefined && target !== undefined)
    throw new CliError('--base-url asks the endpoint itself and --target asks it through the shim; give one of them');
  const apiKey = readKey(keyName, terminal);
  if (baseURL !== undefined) return { baseURL, ...(apiKey === undefined ? {} : { apiKey }) };
  if (target === undefined)
    throw new CliError(
      'name the endpoint: --base-url http://127.0.0.1:8080/v1 asks it directly, --target asks it through the shim',
    );
  const named = readTarget(target);
  if (typeof named !== 'string')
    return { shim: { name: target, target: { ...named, ...(apiKey === undefined ? {} : { apiKey }) } } };
  if (keyName !== undefined)
    throw new CliError('--api-key-env belongs to a URL; a target of the settings names its own');
  return { shim: { target: named } };
}

/** A key reaches an endpoint only where its variable is named, or where the variable is the kit's own. */
function readKey(name: string | undefined, { env }: Terminal): string | undefined {
  const key = env[name ?? 'MIGRATE_LLM_API_KEY'];
  if (name !== undefined && (key === undefined || key === ''))
    throw new CliError(`--api-key-env ${name}: that variable is not set; set it to the endpoint's key`);
  return key === '' ? undefined : key;
}

function readProfile(args: Args): ProfileId {
  const word = valueOf(args, 'profile') ?? 'openai-observed';
  if (isProfile(word)) return word;
  const near = findNearest(word, Object.keys(profiles));
  throw new CliError(
    `--profile ${word} is none; ${near === undefined ? '' : `did you mean ${near}? `}they are ${Object.keys(profiles).join(', ')}`,
  );
}

function readModels(args: Args) {
  const named = ['embeddings', 'moderations', 'vision', 'completions'].map((slot) => [
    slot,
    valueOf(args, `${slot}-model`),
  ]);
  return Object.fromEntries(named.filter(([, model]) => model !== undefined)) as Record<string, string>;
}

function readHas(args: Args): Record<string, boolean> {
  const has: Record<string, boolean> = {};
  for (const [option, value] of [
    ['has', true],
    ['lacks', false],
  ] as const)
    for (const word of args.values.get(option) ?? []) {
      if (!needs.some((need) => need === word))
        throw new CliError(`--${option} ${word} is none; they are ${needs.join(', ')}`);
      has[word] = value;
    }
  return has;
}

function readLimits(args: Args) {
  const timeout = readNumber(args, 'timeout', 1, 3600);
  const limits = {
    concurrency: readNumber(args, 'concurrency', 1, 64),
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    maxRequests: readNumber(args, 'max-requests', 1, 1_000_000),
    maxTokens: readNumber(args, 'max-tokens', 1, 1_000_000_000),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
