import { ShimConfigError, startGateway, type RunningGateway, type ServerOptions } from '@migrate-llm/shim/gateway';
import { CliError, codeOf, describePortInUse, describeSystemError } from './cli-error.ts';
import { readTarget } from './target.ts';

/** Starts a gateway in front of the target that a word names: a base URL, an id of the settings, or a dialect. Throws `CliError`. */
export async function openGateway(target: string, options: Omit<ServerOptions, 'target'>): Promise<RunningGateway> {
  try {
    return await startGateway({ ...options, target: readTarget(target) });
  } catch (error) {
    if (error instanceof ShimConfigError) throw new CliError(error.message);
    const { host = '127.0.0.1', port = 0 } = options;
    const inUse = describePortInUse(error, port);
    if (inUse !== undefined) throw inUse;
    if (codeOf(error) !== undefined) throw new CliError(`cannot listen on ${host}: ${describeSystemError(error)}`);
    throw error;
  }
}
