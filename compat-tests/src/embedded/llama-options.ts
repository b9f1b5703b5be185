import type { EnginePrompt, EngineRequest } from './engine.ts';

/** A conversation's settings, as the binding names them. */
export const chatOptions = (prompt: EnginePrompt & { kind: 'chat' }) => ({
  jinja: true,
  ...(prompt.tools === undefined ? {} : { tools: prompt.tools }),
  tool_choice: prompt.toolChoice,
  parallel_tool_calls: prompt.parallelToolCalls,
  ...(prompt.schema === undefined
    ? {}
    : { response_format: { type: 'json_schema', json_schema: { schema: prompt.schema } } }),
});

/** A generation, as the binding wants it. */
export function nativeOptions(request: EngineRequest): Record<string, unknown> {
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
