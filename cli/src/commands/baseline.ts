import { resolve } from 'node:path';
import { type BaselineOutcome, type BaselinePlan, planBaseline, runBaseline } from '@migrate-llm/compat-tests';
import { findRecordConfig, openRecording, RecordingError } from '@migrate-llm/shim/record';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { catchInterrupts } from '../interrupt.ts';
import { openProgress } from '../progress.ts';
import { readRecordings } from '../recordings.ts';
import type { Colors, Terminal } from '../terminal.ts';
import { count, showName } from '../word.ts';

/** Asks recorded requests again where they were asked, so that the old model's own spread is known before it is gone. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const { env, colors, out } = terminal;
  const exchanges = await readRecordings(args, terminal);
  const repeats = readNumber(args, 'repeats', 1, 100) ?? 3;
  const concurrency = readNumber(args, 'concurrency', 1, 16) ?? 1;
  const [maxRequests, maxTokens] = ['max-requests', 'max-tokens'].map((name) => readNumber(args, name, 1, 1e12));
  const baseURL = valueOf(args, 'base-url') ?? (env['OPENAI_BASE_URL']?.trim() || 'https://api.openai.com/v1');
  const plan = planBaseline(exchanges, {
    repeats,
    target: nameTarget(baseURL),
    today: new Date().toISOString().slice(0, 10),
  });
  out(`${writePlan(plan, { repeats, baseURL, maxRequests, maxTokens }, colors).join('\n')}\n`);
  if (plan.askings.length === 0) return 0;
  if (args.switches.has('plan')) return 0;
  const apiKey = env['OPENAI_API_KEY'];
  if (apiKey === undefined || apiKey === '')
    throw new CliError(`set OPENAI_API_KEY: ${baseURL} is asked with it (--plan asks nothing)`);
  const path = resolve(terminal.cwd, valueOf(args, 'recordings') ?? '');
  const writer = await openWriter(path, apiKey);
  const progress = openProgress(terminal);
  let outcome: BaselineOutcome;
  try {
    outcome = await catchInterrupts((signal) =>
      runBaseline({
        askings: plan.askings,
        baseURL,
        apiKey,
        concurrency,
        signal,
        ...(maxRequests === undefined ? {} : { maxRequests }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
        // The request stands in the recording already, as it is asked now.
        write: (exchange) => writer.write(exchange, { keepRequest: true }),
        onProgress: ({ written }) => progress.say(`${written}/${plan.askings.length}`),
      }),
    );
  } finally {
    progress.end();
    await writer.close();
  }
  out(`${writeOutcome(outcome, plan, showName(valueOf(args, 'recordings') ?? ''), colors).join('\n')}\n`);
  if (outcome.stopped === 'interrupted') return 130;
  return outcome.written === plan.askings.length ? 0 : 1;
}

/** A baseline goes into the recording itself, which is not cut up for it. */
async function openWriter(path: string, apiKey: string): ReturnType<typeof openRecording> {
  try {
    return await openRecording({ ...findRecordConfig({ path }), maxBytes: Number.MAX_SAFE_INTEGER }, [apiKey]);
  } catch (error) {
    if (error instanceof RecordingError) throw new CliError(error.message);
    throw error;
  }
}

/** As recordings name who answered. */
function nameTarget(baseURL: string): string {
  try {
    const { hostname, host } = new URL(baseURL);
    return /(^|\.)openai\.com$/.test(hostname) ? 'openai' : host;
  } catch {
    throw new CliError(
      `--base-url is "${baseURL}", which is not a URL; write it whole, e.g. https://api.openai.com/v1`,
    );
  }
}

interface Ceilings {
  readonly repeats: number;
  readonly baseURL: string;
  readonly maxRequests: number | undefined;
  readonly maxTokens: number | undefined;
}

function writePlan(
  plan: BaselinePlan,
  { repeats, baseURL, maxRequests, maxTokens }: Ceilings,
  colors: Colors,
): string[] {
  const { askings, models, promptTokens, estimated, answerTokens, unlimited, done, skipped } = plan;
  const number = (value: number): string => value.toLocaleString('en-US');
  const lines = [
    colors.bold(
      `${count(askings.length, 'request')} to ${showName(baseURL)}, ${count(repeats, 'repeat')} of each recorded one`,
    ),
    ...(done === 0 ? [] : [`  ${count(done, 'repeat')} there already`]),
    ...[...skipped].map(([why, times]) => `  ${count(times, 'exchange')} not asked again: ${showName(why)}`),
    ...models.map(({ model, askings: asked, shutdown, daysLeft = 0, source, checked }) => {
      const from = source === undefined ? '' : colors.dim(` (${source}, ${checked})`);
      const name = `  ${showName(model)}, ${count(asked, 'request')}`;
      if (shutdown === undefined) return `${name}: not in the catalogue, so its last day is not known`;
      if (shutdown === null) return `${name}: no last day is known${from}`;
      if (daysLeft < 0) return colors.red(`${name}: its last day was ${shutdown}; it may answer no more${from}`);
      const text = `${name}: its last day is ${shutdown}, ${daysLeft === 0 ? 'today' : `in ${count(daysLeft, 'day')}`}${from}`;
      return daysLeft < 30 ? colors.yellow(text) : text;
    }),
  ];
  if (askings.length === 0) return [...lines, 'Nothing is left to ask.'];
  return [
    ...lines,
    `  prompts: ${number(promptTokens)} tokens${estimated === 0 ? ' as the recorded answers counted them' : `, ${estimated} of them estimated by their length`}`,
    `  answers: ${number(answerTokens)} tokens at most${unlimited === 0 ? '' : `, where ${count(unlimited, 'request')} without a limit answer as long as recorded`}`,
    `  ceilings: ${maxRequests === undefined ? 'no --max-requests' : `${number(maxRequests)} requests`}, ${maxTokens === undefined ? 'no --max-tokens' : `${number(maxTokens)} tokens`}`,
  ];
}

const stops = {
  requests: '--max-requests is reached',
  tokens: '--max-tokens is reached',
  interrupted: 'it was interrupted',
} as const;

function writeOutcome(outcome: BaselineOutcome, { askings }: BaselinePlan, file: string, colors: Colors): string[] {
  const { written, requests, tokens, failed, stopped } = outcome;
  const missing = askings.length - written;
  return [
    colors.bold(
      `${count(written, 'repeat')} added to ${file}; ${count(requests, 'request')}, ${tokens.toLocaleString('en-US')} tokens`,
    ),
    ...[...failed].map(([why, times]) => colors.red(`  ${times} × ${showName(why)}`)),
    ...(stopped === undefined ? [] : [colors.yellow(`  Stopped: ${stops[stopped]}.`)]),
    ...(missing === 0
      ? []
      : [`  ${count(missing, 'repeat')} missing: run it again, what is there is not asked again.`]),
  ];
}
