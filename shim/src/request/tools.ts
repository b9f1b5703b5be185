import { createCheck, type SchemaCheck } from '../schema/validate.ts';
import { citeFact, type Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';
import type { ToolPlan } from './tool-choice.ts';

/** A function the request offered. */
export interface OfferedTool {
  readonly name: string;
  /** The schema of its arguments as the caller wrote it; `undefined` when there is none. */
  readonly schema: WireObject | undefined;
  /** `undefined` when nothing can be said of arguments. */
  readonly check: SchemaCheck | undefined;
}

/** Lists the functions whose calls may be read from the answer's text: those sent, unless the caller asked for no call or for JSON, which looks like one. */
export function listOffered(input: WireObject, { mode }: ToolPlan, sent: unknown): readonly OfferedTool[] {
  const format = isObject(input['response_format']) ? input['response_format']['type'] : undefined;
  if (mode === 'none' || !Array.isArray(sent) || (format !== undefined && format !== 'text')) return [];
  return sent.flatMap((tool): OfferedTool[] => {
    const held = isObject(tool) ? tool['function'] : undefined;
    if (!isObject(held) || typeof held['name'] !== 'string' || held['name'] === '') return [];
    const schema = isObject(held['parameters']) ? held['parameters'] : undefined;
    let check: OfferedTool['check'];
    return [
      {
        name: held['name'],
        schema,
        // Most answers hold no text that needs the check.
        get check() {
          check ??= schema === undefined ? undefined : createCheck(schema);
          return check;
        },
      },
    ];
  });
}

/** Sends tools in the form the endpoint reads. */
export function adaptTools(body: WireObject, { chat }: Dialect, report: Report): WireObject {
  const tools = body['tools'];
  if (!Array.isArray(tools)) return body;
  if (chat.noneWithoutTools !== undefined && body['tool_choice'] === 'none') {
    report.add({
      code: 'tools-withheld',
      severity: 'info',
      where: 'request.tools',
      what: 'left out, because none is to be called',
      why: citeFact(chat.noneWithoutTools),
      fix: '',
    });
    return omitKeys(body, ['tools', 'tool_choice', 'parallel_tool_calls']);
  }
  const isStrict = (tool: unknown): boolean =>
    isObject(tool) && isObject(tool['function']) && 'strict' in tool['function'];
  if (chat.toolStrict === undefined || !tools.some(isStrict)) return body;
  report.add({
    code: 'tool-strict-dropped',
    severity: 'info',
    where: 'request.tools[].function.strict',
    what: 'left out; the shim checks the arguments it reads from text only',
    why: citeFact(chat.toolStrict),
    fix: '',
  });
  return {
    ...body,
    tools: tools.map((tool: WireObject) =>
      isStrict(tool) ? { ...tool, function: omitKeys(tool['function'] as WireObject, ['strict']) } : tool,
    ),
  };
}
