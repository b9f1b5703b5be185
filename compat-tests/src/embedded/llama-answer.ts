import type { EngineCompletion, EngineDelta, EngineTimings } from './engine.ts';
import type { LlamaResult, LlamaToolCalls } from './llama-binding.ts';

/** Turns "everything so far" into "what is new"; text that was there before is never taken back. */
export function createDiffer() {
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

/** The end of a generation, in the engine's terms. */
export function summarise(result: LlamaResult): EngineCompletion {
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
