import type { Call } from '../call.ts';
import { TransportFailure } from '../transport.ts';
import { isObject, parseJson, type WireObject } from '../wire.ts';
import { recall } from './form.ts';

/**
 * Finds out whether a model's template puts tools into the prompt, for engines that ignore tools without a word where it does not.
 * llama-server says so in `/props`. Where it does not, two requests of one token tell: with and without a tool they cost as many prompt tokens
 * when tools are ignored. They are sent only to what shows itself as the engine (`isEngine`, by that page, or where the engine has none by the owner of its models): a stand-in with made-up
 * counts would be taken for a model without tools. What is found is remembered; a look that failed is not repeated.
 * Source: measured on llama-server with SmolLM2, 2026-11-24; https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export async function lookForTools(call: Call, isEngine: boolean): Promise<void> {
  const learnt = recall(call.baseURL, call.model);
  if (call.dialect.chat.silentTools === undefined || learnt.tools !== undefined) return;
  // Calls that start at the same time share one look.
  learnt.props ??= readProps(call);
  const props = await learnt.props;
  const caps = isObject(props) ? props['chat_template_caps'] : undefined;
  const said = isObject(caps) ? caps['supports_tools'] : undefined;
  if (typeof said === 'boolean') learnt.tools = said;
  else if (isEngine || isObject(props) || (await (learnt.owned ??= ownsModels(call))))
    learnt.tools = await (learnt.counts ??= comparePrompts(call));
}

async function readProps({ ask }: Call): Promise<WireObject | undefined> {
  // The page lies beside the versioned API.
  const answer = await tryAsk(() => ask('/../props', { method: 'GET', body: null }));
  return isObject(answer) && 'default_generation_settings' in answer ? answer : undefined;
}

async function ownsModels({ ask, dialect: { signs } }: Call): Promise<boolean> {
  const { ownedBy, headers } = signs;
  if (ownedBy === undefined || headers !== undefined) return false;
  const answer = await tryAsk(() => ask('/models', { method: 'GET', body: null }));
  const models = isObject(answer) && Array.isArray(answer['data']) ? answer['data'] : [];
  return models.some((model) => isObject(model) && ownedBy.test(String(model['owned_by'])));
}

async function comparePrompts({ ask, path, model }: Call): Promise<boolean | undefined> {
  const count = async (more: object): Promise<number | undefined> => {
    const body = { model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 1, ...more };
    const answer = await tryAsk(() => ask(path, { body: JSON.stringify(body) }));
    const usage = isObject(answer) ? answer['usage'] : undefined;
    const tokens = isObject(usage) ? usage['prompt_tokens'] : undefined;
    return typeof tokens === 'number' && tokens > 0 ? tokens : undefined;
  };
  const tool = { name: 'probe', description: 'Answers nothing.', parameters: { type: 'object', properties: {} } };
  const without = await count({});
  const withTool = without === undefined ? undefined : await count({ tools: [{ type: 'function', function: tool }] });
  return without === undefined || withTool === undefined ? undefined : withTool > without;
}

/** A look that fails must not cost the app its answer. */
async function tryAsk(ask: () => Promise<Response>): Promise<unknown> {
  try {
    const response = await ask();
    const text = await response.text();
    return response.status === 200 ? parseJson(text) : undefined;
  } catch (error) {
    if (error instanceof TransportFailure && (error.cause as Error | undefined)?.name === 'AbortError') throw error;
    return undefined;
  }
}
