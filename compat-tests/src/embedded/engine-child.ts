import { createRequire } from 'node:module';
import type { EngineCompletion, EnginePrompt, EngineRequest, ModelFacts, TokenChance } from './engine.ts';
import type { FailureKind, FromChild, LoadOptions, ToChild } from './engine-protocol.ts';
import { createDiffer, summarise } from './llama-answer.ts';
import type { LlamaBinding, LlamaContext, LlamaToken } from './llama-binding.ts';
import { chatOptions, nativeOptions } from './llama-options.ts';
import { createSlotQueue } from './slot-queue.ts';

/** Prompt tokens the engine takes in one step; also the longest text it can embed, as in llama-server. */
export const BATCH_TOKENS = 512;

/** Marks whose mistake a failure is, on its way to the parent. */
class Failure extends Error {
  readonly failure: FailureKind;
  readonly overflow: { promptTokens: number; contextSize: number } | undefined;
  constructor(failure: FailureKind, message: string, overflow?: { promptTokens: number; contextSize: number }) {
    super(message);
    this.failure = failure;
    this.overflow = overflow;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The child's state: one model. */
interface Loaded {
  readonly context: LlamaContext;
  /** Tokens of one slot. */
  readonly slotContext: number;
  readonly pieces: Map<number, string>;
  /** The native code has a queue of its own, but does not survive a cancellation in it. */
  readonly queue: ReturnType<typeof createSlotQueue>;
  readonly embed: (text: string) => Promise<number[]>;
  /** Generations that are not over, and those among them that nobody wants any more. */
  readonly running: Set<number>;
  readonly stopped: Set<number>;
}

function loadBinding(path: string): LlamaBinding {
  const native = `@fugood/node-llama-${process.platform}-${process.arch}`;
  const require = createRequire(path);
  try {
    // The package swallows the reason why its native part does not load, so that part is loaded first, by hand.
    require(native);
    return require(path) as LlamaBinding;
  } catch (error) {
    throw new Failure('library', messageOf(error));
  }
}

async function open(
  options: LoadOptions,
  slots: number,
  contextSize: number,
  embedding: boolean,
): Promise<LlamaContext> {
  const binding = loadBinding(options.binding);
  let context: LlamaContext;
  try {
    context = await binding.loadModel({
      model: options.model,
      n_ctx: contextSize * slots,
      n_batch: BATCH_TOKENS,
      n_ubatch: BATCH_TOKENS,
      n_parallel: slots,
      n_threads: options.threads,
      n_gpu_layers: 0,
      kv_unified: false,
      ctx_shift: false,
      ...(embedding ? { embedding, pooling_type: 'mean' } : {}),
    });
  } catch (error) {
    throw new Failure('model', messageOf(error));
  }
  await context.parallel.enable({ n_parallel: slots, n_batch: BATCH_TOKENS });
  return context;
}

/**
 * Embeds one text at a time in a context of its own, opened when the first text comes: beside a generation or another text in the same batch
 * the native code leaves tokens out of the mean (measured on 1.7.15: cosine 0.87 to 0.98 with the right vector).
 */
function createEmbedder(options: LoadOptions): (text: string) => Promise<number[]> {
  const queue = createSlotQueue(1);
  let opening: Promise<LlamaContext> | undefined;
  return (text) =>
    queue.run(async () => {
      opening ??= open(options, 1, BATCH_TOKENS, true);
      const { promise } = await (await opening).parallel.embedding(text);
      return Array.from((await promise).embedding);
    });
}

async function load(options: LoadOptions): Promise<[Loaded, ModelFacts]> {
  const context = await open(options, options.slots, options.contextSize, false);
  const info = context.getModelInfo();
  const metadata = info.metadata;
  const number = (key: string) => Number(metadata[key] ?? 0);
  const architecture = metadata['general.architecture'] ?? 'llama';
  return [
    {
      context,
      slotContext: options.contextSize,
      pieces: new Map(),
      queue: createSlotQueue(options.slots),
      embed: createEmbedder(options),
      running: new Set(),
      stopped: new Set(),
    },
    {
      vocabularySize: number(`${architecture}.vocab_size`),
      trainedContext: number(`${architecture}.context_length`),
      embeddingSize: info.nEmbd,
      parameters: info.nParams,
      bytes: info.size,
      fileType: metadata['general.file_type'] === '1' ? 'F16' : (metadata['general.file_type'] ?? ''),
      chatTemplate: metadata['tokenizer.chat_template'] ?? '',
    },
  ];
}

function format({ context }: Loaded, prompt: EnginePrompt): string {
  if (prompt.kind === 'text') return prompt.text;
  try {
    return context.getFormattedChat(prompt.messages, undefined, chatOptions(prompt)).prompt;
  } catch (error) {
    throw new Failure('request', messageOf(error));
  }
}

async function count(loaded: Loaded, prompt: EnginePrompt): Promise<number> {
  const { tokens } = await loaded.context.tokenize(format(loaded, prompt));
  return tokens.length;
}

async function detokenize(loaded: Loaded, tokens: readonly number[]): Promise<string[]> {
  const texts: string[] = [];
  for (const token of tokens) {
    let text = loaded.pieces.get(token);
    if (text === undefined) {
      text = await loaded.context.detokenize([token]);
      loaded.pieces.set(token, text);
    }
    texts.push(text);
  }
  return texts;
}

/** Looks up the texts of a token's alternatives. */
async function readChances(loaded: Loaded, probabilities: NonNullable<LlamaToken['probs']>): Promise<TokenChance[]> {
  const texts = await detokenize(
    loaded,
    probabilities.map(({ tok }) => tok),
  );
  return probabilities.map(({ tok, prob }, rank) => ({ id: tok, text: texts[rank] ?? '', probability: prob }));
}

async function generate(
  loaded: Loaded,
  id: number,
  request: EngineRequest,
  send: (message: FromChild) => void,
): Promise<EngineCompletion> {
  if (loaded.stopped.has(id)) throw new Failure('request', 'stopped');
  const differ = createDiffer();
  let soFar = '';
  let sending = Promise.resolve();
  const forward = async (token: LlamaToken) => {
    soFar += token.token;
    const delta = differ(request.prompt.kind === 'text' ? soFar : (token.content ?? ''), token.tool_calls ?? []);
    const chances = request.topLogprobs > 0 && token.probs ? await readChances(loaded, token.probs) : undefined;
    if (delta.text === '' && delta.toolCalls.length === 0 && chances === undefined) return;
    send({ id, kind: 'delta', delta: chances === undefined ? delta : { ...delta, chances } });
  };
  let stop: (() => void) | undefined;
  const run = await loaded.context.parallel
    .completion(nativeOptions(request), (_, token) => {
      // The native code crashes when a request is cancelled that has no slot yet; one that generates has one.
      if (loaded.stopped.has(id)) return stop?.();
      // Looking up a token's text takes a turn, and the order of the pieces must stay.
      sending = sending.then(() => forward(token));
    })
    .catch((error: unknown) => {
      throw new Failure('request', messageOf(error));
    });
  stop = () => {
    stop = undefined;
    run.stop();
  };
  send({ id, kind: 'start' });
  const result = await run.promise;
  await sending;
  return summarise(result);
}

async function complete(
  loaded: Loaded,
  id: number,
  request: EngineRequest,
  send: (message: FromChild) => void,
): Promise<EngineCompletion> {
  loaded.running.add(id);
  try {
    const promptTokens = await count(loaded, request.prompt);
    // Over the context the engine answers an empty text and no error, so the prompt is measured first.
    if (promptTokens >= loaded.slotContext) {
      const overflow = { promptTokens, contextSize: loaded.slotContext };
      throw new Failure('request', 'the prompt does not fit the context', overflow);
    }
    return await loaded.queue.run(() => generate(loaded, id, request, send));
  } finally {
    loaded.running.delete(id);
    loaded.stopped.delete(id);
  }
}

/** Runs the engine in this process and talks to the parent over IPC, until the parent is gone. */
export function runEngineChild(): void {
  let loaded: Loaded | undefined;
  const send = (message: FromChild) => void process.send?.(message);
  const answer = async (message: Exclude<ToChild, { call: 'stop' }>): Promise<unknown> => {
    if (message.call === 'load') {
      const [state, facts] = await load(message.argument);
      loaded = state;
      return facts;
    }
    if (loaded === undefined) throw new Failure('unexpected', 'no model is loaded');
    switch (message.call) {
      case 'complete':
        return complete(loaded, message.id, message.argument, send);
      case 'embed':
        return loaded.embed(message.argument);
      case 'count':
        return count(loaded, message.argument);
      case 'format':
        return format(loaded, message.argument);
      case 'tokenize':
        return [...(await loaded.context.tokenize(message.argument)).tokens];
      case 'detokenize':
        return detokenize(loaded, message.argument);
    }
  };
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToChild) => {
    if (message.call === 'stop') {
      // A call that is over may not leave its mark behind.
      if (loaded?.running.has(message.id)) loaded.stopped.add(message.id);
      return;
    }
    answer(message).then(
      (result) => send({ id: message.id, kind: 'result', result }),
      (error: unknown) =>
        send({
          id: message.id,
          kind: 'failure',
          failure: error instanceof Failure ? error.failure : 'unexpected',
          message: messageOf(error),
          ...(error instanceof Failure && error.overflow ? { overflow: error.overflow } : {}),
        }),
    );
  });
}
