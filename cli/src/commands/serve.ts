import type { EmbeddedServer } from '@migrate-llm/compat-tests/embedded';
import { readNumber, valueOf, type Args } from '../args.ts';
import { CliError } from '../cli-error.ts';
import { waitForInterrupt } from '../interrupt.ts';
import { quoteShell } from '../word.ts';
import type { Terminal } from '../terminal.ts';

/** Serves the embedded Llama engine on loopback until Ctrl-C. */
export async function run(args: Args, terminal: Terminal): Promise<number> {
  if (args.values.has('target'))
    throw new CliError(
      'serve --target (a gateway in front of an endpoint) is not in this version yet; point the app at the endpoint with MIGRATE_LLM_BASE_URL',
    );
  if (!args.switches.has('embedded'))
    throw new CliError('say what to serve: migrate-llm serve --embedded starts the embedded Llama engine');
  const port = readNumber(args, 'port', 0, 65_535);
  const apiKey = valueOf(args, 'api-key');
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
