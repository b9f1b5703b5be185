import { refuseRequest } from '../refusal.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';

/** A tool of OpenAI's own that the app answers itself: the model sees it as a function. */
export interface BuiltInTool {
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: WireObject;
  /**
   * Runs a call; its text goes back to the model. `item` gives the fields OpenAI's item of such a call has (an `action`, `results`, `outputs`).
   * A throw becomes an output that says so.
   */
  readonly run: (
    args: WireObject,
    context: { readonly tool: WireObject; readonly signal: AbortSignal | undefined },
  ) => Promise<{ readonly output: string; readonly item?: WireObject }>;
}

/** Built-in tools by the type they have in `tools`, e.g. `web_search`. */
export type BuiltInTools = Readonly<Record<string, BuiltInTool>>;

/** How the tools of a Responses request are offered over chat. */
export interface ToolOffer {
  /** Chat's `tools`; empty where none were given. */
  readonly tools: readonly WireObject[];
  /** Chat's `tool_choice`; `undefined` where none was given. */
  readonly choice: unknown;
  /** Names of tools that take text: their calls are `custom_tool_call` items. */
  readonly custom: ReadonlySet<string>;
  /** Built-in tools by the function name they are offered under. */
  readonly builtIn: ReadonlyMap<string, { readonly tool: WireObject; readonly hook: BuiltInTool }>;
}

/** What to do instead of a tool that runs at OpenAI. */
const instead: Readonly<Record<string, string>> = {
  web_search: 'search in a function of your own',
  web_search_preview: 'search in a function of your own',
  file_search: 'search your own index in a function of your own',
  code_interpreter: 'run code in a function of your own',
  computer_use_preview: 'act in a function of your own',
  computer: 'act in a function of your own',
  mcp: 'connect to the MCP server in the app and offer its tools as functions',
  image_generation: 'make images in a function of your own',
  local_shell: 'run commands in a function of your own',
  shell: 'run commands in a function of your own',
  apply_patch: 'apply patches in a function of your own',
  tool_search: 'send the tools themselves',
  namespace: 'send the tools themselves',
};

/** Translates `tools` and `tool_choice` to chat's. Throws a `Refusal` for a tool nobody plugged in: it never gets lost. */
export function offerTools(tools: unknown, choice: unknown, hooks: BuiltInTools): ToolOffer {
  const custom = new Set<string>();
  const builtIn = new Map<string, { tool: WireObject; hook: BuiltInTool }>();
  if (!isAbsent(tools) && !Array.isArray(tools)) throw refuseRequest('tools must be a list', 'tools', 'invalid_type');
  const offered = ((tools ?? []) as readonly unknown[]).map((tool, index): WireObject => {
    const place = `tools[${index}]`;
    if (!isObject(tool) || typeof tool['type'] !== 'string')
      throw refuseRequest(`${place} must be an object with a type`, place, 'invalid_type');
    if (tool['type'] === 'function') return offerFunction(tool, place);
    if (tool['type'] === 'custom') {
      custom.add(needName(tool, place));
      return offerCustom(tool);
    }
    const hook = hooks[tool['type']];
    if (hook === undefined)
      throw refuseRequest(
        `${place}: the tool "${tool['type']}" runs at OpenAI only. Plug one in with the option migrate.builtInTools["${tool['type']}"], or ${instead[tool['type']] ?? 'offer a function of your own'}`,
        place,
        'unsupported_tool',
      );
    builtIn.set(tool['type'], { tool, hook });
    return offerHook(tool['type'], hook);
  });
  return { tools: offered, choice: mapChoice(choice, builtIn), custom, builtIn };
}

function offerFunction(tool: WireObject, place: string): WireObject {
  const { description, parameters, strict } = tool;
  return {
    type: 'function',
    function: {
      name: needName(tool, place),
      ...(isAbsent(description) ? {} : { description }),
      ...(isAbsent(parameters) ? {} : { parameters }),
      ...(isAbsent(strict) ? {} : { strict }),
    },
  };
}

/** A tool that takes free text becomes a function of one text; a grammar it names is told in words. */
function offerCustom(tool: WireObject): WireObject {
  const format = isObject(tool['format']) && tool['format']['type'] === 'grammar' ? tool['format'] : undefined;
  const grammar =
    format === undefined
      ? ''
      : ` The input must follow this ${String(format['syntax'])} grammar:\n${String(format['definition'])}`;
  return {
    type: 'function',
    function: {
      name: tool['name'],
      description: `${typeof tool['description'] === 'string' ? tool['description'] : ''}${grammar}`.trim(),
      parameters: {
        type: 'object',
        properties: { input: { type: 'string', description: 'The tool’s whole input' } },
        required: ['input'],
        additionalProperties: false,
      },
    },
  };
}

function offerHook(name: string, { description, parameters }: BuiltInTool): WireObject {
  return { type: 'function', function: { name, description, parameters } };
}

function mapChoice(choice: unknown, builtIn: ReadonlyMap<string, unknown>): unknown {
  if (!isObject(choice)) return choice;
  const named = (name: unknown) => ({ type: 'function', function: { name } });
  switch (choice['type']) {
    case 'function':
    case 'custom':
      return named(choice['name']);
    case 'allowed_tools': {
      const tools = Array.isArray(choice['tools']) ? choice['tools'] : [];
      return {
        type: 'allowed_tools',
        allowed_tools: {
          mode: choice['mode'],
          tools: tools.map((tool) => named(isObject(tool) ? (tool['name'] ?? tool['type']) : tool)),
        },
      };
    }
    default:
      if (typeof choice['type'] === 'string' && builtIn.has(choice['type'])) return named(choice['type']);
      throw refuseRequest(
        `tool_choice of type ${JSON.stringify(choice['type'])} names a tool that was not offered`,
        'tool_choice',
        'invalid_value',
      );
  }
}

function needName(tool: WireObject, place: string): string {
  if (typeof tool['name'] === 'string' && tool['name'] !== '') return tool['name'];
  throw refuseRequest(`${place}.name is missing`, `${place}.name`, 'missing_required_parameter');
}
