import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedEngineError, type Engine, type ModelFacts } from './engine.ts';
import { EngineProcess } from './engine-process.ts';
import { LLAMA_PACKAGE } from './llama-binding.ts';
import { checkModelFile } from './model-file.ts';

/** How to start an engine. */
export interface LlamaNodeOptions {
  /** Path of a GGUF file. */
  readonly model: string;
  /** Name the endpoint gives it; by default the file's name. */
  readonly modelId?: string;
  /** Tokens of one slot. */
  readonly contextSize: number;
  readonly slots: number;
  readonly signal?: AbortSignal;
}

/**
 * Finds the optional peer from our own package, then from the folder the user works in.
 * @throws {EmbeddedEngineError} it is in neither place.
 */
export function resolvePackage(
  places: readonly string[] = [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href],
): string {
  for (const from of places) {
    try {
      return createRequire(from).resolve(LLAMA_PACKAGE);
    } catch {
      // Not there; the next place may have it.
    }
  }
  throw new EmbeddedEngineError(
    `The embedded engine needs the package ${LLAMA_PACKAGE}, which is not installed. Run \`npm install --save-dev ${LLAMA_PACKAGE}\`, ` +
      'or point MIGRATE_LLM_BASE_URL at a running llama-server, Ollama or vLLM.',
  );
}

/**
 * Starts llama.cpp by way of the optional peer `@fugood/llama.node`, in a child process that ends with this one.
 * @throws {EmbeddedEngineError} package or library missing, file not a model, model too big; says what to do.
 */
export async function startLlamaNode(options: LlamaNodeOptions): Promise<Engine> {
  await checkModelFile(options.model);
  const binding = resolvePackage();
  const { contextSize, slots } = options;
  // More threads only spin when the machine is busy; the models meant for this engine are small.
  const load = { binding, model: options.model, contextSize, slots, threads: 1 };
  let closed = false;

  const start = async (signal?: AbortSignal): Promise<{ process: EngineProcess; facts: ModelFacts }> => {
    const process = new EngineProcess(options.model);
    try {
      return { process, facts: await process.call('load', load, signal ? { signal } : {}) };
    } catch (error) {
      await process.close();
      throw error;
    }
  };
  const first = await start(options.signal);
  let current = Promise.resolve(first);
  // A request that crashes the native code takes the process along; the next one gets a new process.
  const call: EngineProcess['call'] = async (name, argument, events) => {
    let { process } = await current;
    if (!process.alive && !closed) {
      const dead = current;
      await process.close();
      if (current === dead) current = start();
      try {
        ({ process } = await current);
      } catch (error) {
        current = dead;
        throw error;
      }
    }
    return process.call(name, argument, events);
  };
  return {
    modelId: options.modelId ?? basename(options.model, '.gguf'),
    facts: first.facts,
    contextSize,
    slots,
    complete: (request, events) => call('complete', request, events),
    embed: (text) => call('embed', text),
    countTokens: (prompt) => call('count', prompt),
    formatPrompt: (prompt) => call('format', prompt),
    tokenize: (text) => call('tokenize', text),
    detokenize: (tokens) => call('detokenize', tokens),
    close: async () => {
      closed = true;
      const { process } = await current;
      await process.close();
    },
  };
}
