import type { Dialect } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';

/** What the answer's passes need to know of the tools asked for. */
export interface ToolPlan {
  readonly mode: 'none' | 'auto' | 'required' | 'named';
  /** A named choice was sent as "only this tool, required": the endpoint cannot know that OpenAI would end with `stop`. */
  readonly pinned: boolean;
  /** The function that a named choice asks for. */
  readonly name?: string;
  /** The tools were described to the model: it was told to write its calls as text. */
  readonly described?: true;
}

/** Selects the tools a request's `tool_choice` allows. Throws a `Refusal` for a choice that names others. */
export function selectTools(
  given: unknown,
  choice: unknown,
): { readonly tools: readonly unknown[]; readonly mode: 'none' | 'auto' | 'required'; readonly named: boolean } {
  const tools: readonly unknown[] = Array.isArray(given) ? given : [];
  if (tools.length === 0 || choice === 'none') return { tools: [], mode: 'none', named: false };
  if (!isObject(choice)) return { tools, mode: choice === 'required' ? 'required' : 'auto', named: false };
  const { names, mode } = readChoice(choice);
  const absent = names.find((name) => !tools.some((tool) => toolName(tool) === name));
  if (absent !== undefined)
    throw refuseRequest(
      `tool_choice names the function "${absent}", which is not in tools`,
      'tool_choice',
      'invalid_value',
    );
  return {
    tools: tools.filter((tool) => names.includes(toolName(tool) ?? '')),
    mode,
    named: choice['type'] === 'function',
  };
}

/** Sends a `tool_choice` the endpoint honours. Throws a `Refusal` where none can stand for it. */
export function adaptToolChoice(
  body: WireObject,
  { chat, id }: Dialect,
  report: Report,
): { readonly body: WireObject; readonly plan: ToolPlan } {
  const tools = body['tools'];
  const choice = body['tool_choice'];
  if (!Array.isArray(tools) || tools.length === 0) {
    if (choice === 'required' || isObject(choice))
      throw refuseRequest('tool_choice is only allowed when tools are given', 'tool_choice', 'invalid_value');
    return {
      body: Array.isArray(tools) ? omitKeys(body, ['tools', 'tool_choice', 'parallel_tool_calls']) : body,
      plan: { mode: 'none', pinned: false },
    };
  }
  const foreign = tools.find((tool) => !isObject(tool) || tool['type'] !== 'function');
  if (foreign !== undefined && chat.stringToolChoice !== undefined)
    throw refuseRequest(
      `tools: only tools of type "function" can be called through ${id}; got ${JSON.stringify(isObject(foreign) ? foreign['type'] : foreign)}`,
      'tools',
    );
  if (!isObject(choice)) {
    const mode = choice === 'required' ? 'required' : choice === 'none' ? 'none' : 'auto';
    return { body, plan: { mode, pinned: false } };
  }
  const name = choice['type'] === 'function' ? toolName(choice) : undefined;
  const named = name === undefined ? undefined : { mode: 'named' as const, name };
  if (chat.stringToolChoice === undefined) return { body, plan: { mode: 'auto', ...named, pinned: false } };

  const { tools: allowed, mode } = selectTools(tools, choice);
  report.add({
    code: 'tool-choice-emulated',
    severity: 'info',
    where: 'request.tool_choice',
    what: `sent as "${mode}" with only ${allowed.map(toolName).join(', ')}`,
    why: chat.stringToolChoice.because,
    fix: '',
  });
  return {
    body: { ...body, tools: allowed, tool_choice: mode },
    plan: { mode: mode === 'none' ? 'auto' : mode, ...named, pinned: named !== undefined },
  };
}

function readChoice(choice: WireObject): { readonly names: readonly string[]; readonly mode: 'auto' | 'required' } {
  if (choice['type'] === 'function') {
    const name = toolName(choice);
    if (name === undefined) throw refuseRequest('tool_choice.function.name is missing', 'tool_choice', 'invalid_value');
    return { names: [name], mode: 'required' };
  }
  const allowed = choice['allowed_tools'];
  if (choice['type'] === 'allowed_tools' && isObject(allowed) && Array.isArray(allowed['tools'])) {
    const names = allowed['tools'].map(toolName);
    if (names.every((name) => name !== undefined) && names.length > 0)
      return { names, mode: allowed['mode'] === 'required' ? 'required' : 'auto' };
  }
  throw refuseRequest(`tool_choice ${JSON.stringify(choice)} has no equivalent at the endpoint`, 'tool_choice');
}

function toolName(tool: unknown): string | undefined {
  const held = isObject(tool) ? tool['function'] : undefined;
  return isObject(held) && typeof held['name'] === 'string' ? held['name'] : undefined;
}
