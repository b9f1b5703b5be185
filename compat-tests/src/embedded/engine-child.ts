import { createRequire } from 'node:module';
import type {
  EngineCompletion,
  EngineDelta,
  EnginePrompt,
  EngineRequest,
  EngineTimings,
  ModelFacts,
  TokenChance,
} from './engine.ts';
import type { FailureKind, FromChild, LoadOptions, ToChild } from './engine-protocol.ts';
import type { LlamaBinding, LlamaContext, LlamaResult, LlamaToken, LlamaToolCalls } from './llama-binding.ts';

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
  /** How to stop each running generation; one that was stopped before it ran has none and is marked. */
  readonly stops: Map<number, (() => void) | 'waiting' | 'stopped'>;
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

async function load(options: LoadOptions): Promise<[Loaded, ModelFacts]> {
  const binding = loadBinding(options.binding);
  let context: LlamaContext;
  try {
    context = await binding.loadModel({
      model: options.model,
      n_ctx: options.contextSize * options.slots,
      n_batch: BATCH_TOKENS,
      n_ubatch: BATCH_TOKENS,
      n_parallel: options.slots,
      n_threads: options.threads,
      n_gpu_layers: 0,
      kv_unified: false,
      ctx_shift: false,
      embedding: true,
      pooling_type: 'mean',
    });
  } catch (error) {
    throw new Failure('model', messageOf(error));
  }
  await context.parallel.enable({ n_parallel: options.slots, n_batch: BATCH_TOKENS });
  const info = context.getModelInfo();
  const metadata = info.metadata;
  const number = (key: string) => Number(metadata[key] ?? 0);
  const architecture = metadata['general.architecture'] ?? 'llama';
  return [
    { context, slotContext: options.contextSize, pieces: new Map(), stops: new Map() },
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

const chatOptions = (prompt: EnginePrompt & { kind: 'chat' }) => ({
  jinja: true,
  ...(prompt.tools === undefined ? {} : { tools: prompt.tools }),
  tool_choice: prompt.toolChoice,
  parallel_tool_calls: prompt.parallelToolCalls,
  ...(prompt.schema === undefined
    ? {}
    : { response_format: { type: 'json_schema', json_schema: { schema: prompt.schema } } }),
});

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

function nativeOptions(request: EngineRequest): Record<string, unknown> {
  const { prompt } = request;
  const given = Object.entries({
    top_p: request.topP,
    top_k: request.topK,
    min_p: request.minP,
    seed: request.seed,
    penalty_present: request.presencePenalty,
    penalty_freq: request.frequencyPenalty,
    grammar: request.grammar,
  }).filter(([, value]) => value !== undefined);
  return {
    ...(prompt.kind === 'text' ? { prompt: prompt.text } : { messages: prompt.messages, ...chatOptions(prompt) }),
    // These two are on by default in the package, and then temperature 0 does not take the best token.
    xtc_probability: 0,
    dry_multiplier: 0,
    // The package's name for max_tokens is not read in parallel mode, and 0 would mean no limit there.
    n_predict: request.maxTokens === 0 ? 1 : request.maxTokens,
    stop: request.stop,
    temperature: request.temperature,
    ...Object.fromEntries(given),
    // Chances are reported after the samplers; these settings leave them as the model gave them.
    ...(request.topLogprobs > 0
      ? { n_probs: request.topLogprobs, temperature: request.temperature || 1, top_k: 0, top_p: 1, min_p: 0 }
      : {}),
  };
}

/** Turns "everything so far" into "what is new"; text that was there before is never taken back. */
function createDiffer() {
  let text = '';
  const calls: Array<{ named: boolean; arguments: string }> = [];
  return (content: string, toolCalls: LlamaToolCalls): Omit<EngineDelta, 'chances'> => {
    const added = content.startsWith(text) ? content.slice(text.length) : '';
    text += added;
    const news = toolCalls.flatMap((call, index) => {
      const known = (calls[index] ??= { named: false, arguments: '' });
      const { name } = call.function;
      const full = call.function.arguments;
      const more = full.startsWith(known.arguments) ? full.slice(known.arguments.length) : '';
      if (known.named && more === '') return [];
      const piece = { index, ...(known.named ? {} : { name }), arguments: more };
      calls[index] = { named: true, arguments: known.arguments + more };
      return [piece];
    });
    return { text: added, toolCalls: news };
  };
}

function summarise(result: LlamaResult): EngineCompletion {
  const timings = result.timings as unknown as EngineTimings;
  const toolCalls = (result.tool_calls ?? []).map((call) => ({
    name: call.function.name,
    arguments: call.function.arguments,
  }));
  return {
    text: result.content ?? (toolCalls.length > 0 ? '' : result.text),
    toolCalls,
    finish: result.stopped_eos ? 'end' : result.stopped_word ? 'stop-string' : 'length',
    promptTokens: timings.cache_n + timings.prompt_n,
    cachedTokens: timings.cache_n,
    completionTokens: result.tokens_predicted + (result.stopped_eos ? 1 : 0),
    timings,
  };
}

async function complete(
  loaded: Loaded,
  id: number,
  request: EngineRequest,
  send: (message: FromChild) => void,
): Promise<EngineCompletion> {
  loaded.stops.set(id, 'waiting');
  try {
    return await completeAccepted(loaded, id, request, send);
  } finally {
    loaded.stops.delete(id);
  }
}

async function completeAccepted(
  loaded: Loaded,
  id: number,
  request: EngineRequest,
  send: (message: FromChild) => void,
): Promise<EngineCompletion> {
  const promptTokens = await count(loaded, request.prompt);
  // Over the context the engine answers an empty text and no error, so the prompt is measured first.
  if (promptTokens >= loaded.slotContext) {
    throw new Failure('request', 'the prompt does not fit the context', {
      promptTokens,
      contextSize: loaded.slotContext,
    });
  }
  const differ = createDiffer();
  let soFar = '';
  let sending = Promise.resolve();
  const forward = async (token: LlamaToken) => {
    soFar += token.token;
    const content = request.prompt.kind === 'text' ? soFar : (token.content ?? '');
    const delta = differ(content, token.tool_calls ?? []);
    let chances: TokenChance[] | undefined;
    if (request.topLogprobs > 0 && token.probs) {
      const texts = await detokenize(
        loaded,
        token.probs.map(({ tok }) => tok),
      );
      chances = token.probs.map(({ tok, prob }, rank) => ({ id: tok, text: texts[rank] ?? '', probability: prob }));
    }
    if (delta.text === '' && delta.toolCalls.length === 0 && chances === undefined) return;
    send({ id, kind: 'delta', delta: chances === undefined ? delta : { ...delta, chances } });
  };
  let run: Awaited<ReturnType<LlamaContext['parallel']['completion']>>;
  try {
    run = await loaded.context.parallel.completion(nativeOptions(request), (_, token) => {
      // Looking up a token's text takes a turn, and the order of the pieces must stay.
      sending = sending.then(() => forward(token));
    });
  } catch (error) {
    throw new Failure('request', messageOf(error));
  }
  // Stopping rejects this promise, also when that happens before anybody waits for it.
  run.promise.catch(() => undefined);
  if (loaded.stops.get(id) === 'stopped') run.stop();
  loaded.stops.set(id, run.stop);
  send({ id, kind: 'start' });
  const result = await run.promise;
  await sending;
  return summarise(result);
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
      case 'embed': {
        const { promise } = await loaded.context.parallel.embedding(message.argument);
        return Array.from((await promise).embedding);
      }
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
      const stop = loaded?.stops.get(message.id);
      if (typeof stop === 'function') stop();
      else if (stop === 'waiting') loaded?.stops.set(message.id, 'stopped');
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
