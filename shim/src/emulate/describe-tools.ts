import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { listOffered, type OfferedTool } from '../request/tools.ts';
import { selectTools, type ToolPlan } from '../request/tool-choice.ts';
import { moveSchema } from '../schema/lower.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';
import { addInstruction } from './instruction.ts';
import { renderHistory } from './history.ts';

/** A request whose tools are described to the model instead of sent. */
export interface DescribedTools {
  readonly body: WireObject;
  readonly plan: ToolPlan;
  readonly offered: readonly OfferedTool[];
  /** Schema of the whole answer: a call, or in `auto` a reply; `undefined` when no call is asked for. */
  readonly answer: WireObject | undefined;
}

/**
 * Describes the tools of a request in its system message, in the form Llama 3 is trained on: `{"name": …, "parameters": {…}}`.
 * `held` says that the endpoint holds the answer to a schema or to JSON, where a reply in words needs a form as well;
 * `reply` is the schema of such a reply where the caller asked for JSON. Throws a `Refusal`.
 * Source: https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/prompt_format.md, checked 2026-11-23.
 */
export function describeTools(
  input: WireObject,
  held: boolean,
  reply: WireObject | undefined,
  why: string,
  report: Report,
): DescribedTools {
  const { tools, mode, named } = selectTools(input['tools'], input['tool_choice']);
  const foreign = tools.find((tool) => !isObject(tool) || tool['type'] !== 'function');
  if (foreign !== undefined)
    throw refuseRequest(
      `tools: only tools of type "function" can be described to a model; got ${JSON.stringify(isObject(foreign) ? foreign['type'] : foreign)}`,
      'tools',
    );
  const plan: ToolPlan = { mode: named ? 'named' : mode, pinned: named, described: true };
  const rest = omitKeys(input, ['tools', 'tool_choice', 'parallel_tool_calls', 'response_format']);
  const body = { ...rest, messages: renderHistory(input['messages'], held && mode === 'auto') };
  if (mode === 'none') return { body, plan, offered: [], answer: undefined };

  report.add({
    code: 'tools-emulated',
    severity: 'info',
    where: 'request.tools',
    what: 'described to the model, and its calls read from what it writes',
    why,
    fix: 'Serve a model whose template knows tools, or turn on tool calls at the endpoint',
  });
  if (input['logprobs'] === true)
    report.add({
      code: 'logprobs-dropped',
      severity: 'lossy',
      where: 'request.logprobs',
      what: 'left out',
      why: 'they would be those of the form the answer is written in',
      fix: '',
    });
  const words = held ? '{"reply": <your answer>}' : reply === undefined ? 'plain text' : 'JSON';
  const lines = [
    'You can call functions. To call one, answer with one JSON object and nothing else:',
    '{"name": "<name of the function>", "parameters": {"<name of an argument>": <value>}}',
    mode === 'auto'
      ? `Answer with ${words} when none of them is needed. The result of a call comes with the next message.`
      : `You must call ${named ? `the function ${JSON.stringify(readName(tools[0]))}` : 'one of the functions'} now.`,
    ...(mode === 'auto' && reply !== undefined
      ? [`Your answer, where you call none, must be JSON that fits this JSON Schema: ${JSON.stringify(reply)}`]
      : []),
    'Functions:',
    ...tools.map((tool) => JSON.stringify(describe(tool))),
  ];
  return {
    body: addInstruction(omitKeys(body, ['logprobs', 'top_logprobs']), lines.join('\n')),
    plan,
    offered: listOffered({}, plan, tools),
    answer: describeAnswer(tools, mode === 'auto' ? (reply ?? { type: 'string' }) : undefined),
  };
}

function readName(tool: unknown): unknown {
  return isObject(tool) && isObject(tool['function']) ? tool['function']['name'] : undefined;
}

function describe(tool: unknown): WireObject {
  const held = isObject(tool) && isObject(tool['function']) ? tool['function'] : {};
  return omitKeys(held, ['strict']);
}

/** Writes the schema of one call of the tools, or of a reply where one is allowed. */
function describeAnswer(tools: readonly unknown[], reply: WireObject | undefined): WireObject {
  const defs: Record<string, unknown> = {};
  // A schema with references of its own moves with them.
  const place = (schema: unknown, name: string): unknown => {
    if (!JSON.stringify(schema).includes('"$ref"')) return schema;
    defs[name] = moveSchema(schema, `#/$defs/${name}`);
    return { $ref: `#/$defs/${name}` };
  };
  const close = (properties: WireObject): WireObject => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  const calls = tools.map((tool, index) => {
    const { name, parameters } = describe(tool);
    return close({
      name: { type: 'string', enum: [name] },
      parameters: place(isObject(parameters) ? parameters : { type: 'object' }, `call_${index}`),
    });
  });
  const branches = reply === undefined ? calls : [...calls, close({ reply: place(reply, 'reply') })];
  const answer = branches.length === 1 ? (branches[0] as WireObject) : { anyOf: branches };
  return Object.keys(defs).length === 0 ? answer : { ...answer, $defs: defs };
}
