import type { EmbeddedServer } from '@migrate-llm/compat-tests/embedded';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { openGateway } from '../gateway.ts';
import { waitForInterrupt } from '../interrupt.ts';
import { quoteShell, showName } from '../word.ts';
import type { Terminal } from '../terminal.ts';

/** Serves on loopback until Ctrl-C: a gateway in front of a target, or else the embedded Llama engine. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  const target = valueOf(args, 'target');
  if (target !== undefined) return serveTarget(target, args, terminal);
  if (valueOf(args, 'host') !== undefined || args.switches.has('exposed'))
    throw new CliError('--host and --exposed belong to a gateway: name its target with --target');
  const port = readNumber(args, 'port', 0, 65_535);
  const apiKey = valueOf(args, 'key');
  const model = valueOf(args, 'model');
  // Listened for before the start, so that Ctrl-C at any moment ends in a clean close.
  const stopped = waitForInterrupt();
  const server = await start({
    ...(port === undefined ? {} : { port }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(model === undefined ? {} : { model }),
  });
  terminal.out(describe(server, apiKey, model, terminal));
  await stopped;
  terminal.err('migrate-llm: stopping …\n');
  await server.close();
  return 0;
}

async function serveTarget(target: string, args: Args, terminal: Terminal): Promise<number> {
  if (args.switches.has('embedded'))
    throw new CliError('--embedded and --target are two things to serve; leave one of them out');
  const [port, key, host, model] = [
    readNumber(args, 'port', 0, 65_535),
    ...['key', 'host', 'model'].map((name) => valueOf(args, name)),
  ] as const;
  const stopped = waitForInterrupt();
  const gateway = await openGateway(target, {
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { key }),
    ...(host === undefined ? {} : { host }),
    ...(model === undefined ? {} : { model }),
    exposed: args.switches.has('exposed'),
  });
  const { colors } = terminal;
  terminal.out(
    [
      `${colors.green('Serving')} ${showName(target)} as OpenAI's API at ${colors.bold(gateway.url)}`,
      '',
      'Point an app in any language at it, unedited:',
      `  export OPENAI_BASE_URL=${gateway.url}`,
      ...(key === undefined
        ? [
            `  export OPENAI_API_KEY=${gateway.key}`,
            colors.dim('The key is made for this run and shown once; --key sets your own.'),
          ]
        : ['  export OPENAI_API_KEY=…   (the key you gave)']),
      '',
      'Ctrl-C stops it.',
      '',
    ].join('\n'),
  );
  await stopped;
  terminal.err('migrate-llm: stopping …\n');
  await gateway.close();
  return 0;
}

async function start(options: { port?: number; apiKey?: string; model?: string }): Promise<EmbeddedServer> {
  const { startEmbedded, EmbeddedEngineError } = await import('@migrate-llm/compat-tests/embedded');
  try {
    return await startEmbedded(options);
  } catch (error) {
    if (error instanceof EmbeddedEngineError) throw new CliError(error.message);
    throw error;
  }
}

function describe(
  { url, modelId }: EmbeddedServer,
  apiKey: string | undefined,
  model: string | undefined,
  { colors }: Terminal,
): string {
  const key = apiKey === undefined ? 'none' : apiKey;
  return [
    `${colors.green('Serving')} ${modelId} at ${colors.bold(url)}`,
    ...(model === undefined ? [colors.dim('A tiny generated model: it shows the wire, not intelligence.')] : []),
    '',
    'Point the migrated app at it:',
    `  export MIGRATE_LLM_BASE_URL=${url}`,
    `  export MIGRATE_LLM_API_KEY=${quoteShell(key)}`,
    `  export MIGRATE_LLM_MODEL=${quoteShell(modelId)}`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
