import type { Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { isObject, type WireObject } from '../wire.ts';
import { describeFormat, lowerFor, planFormat, readSchema } from './describe-format.ts';
import { describeTools } from './describe-tools.ts';
import type { ChatForm } from './form.ts';

/** A request in the form chosen, still in OpenAI's words, and what its answer's passes have to know of that. */
export interface ShapedRequest {
  readonly body: WireObject;
  readonly plan: Partial<ChatPlan>;
}

/** Puts a request in a form. `why` says why tools are described. Throws a `Refusal`. */
export function shapeRequest(
  input: WireObject,
  form: ChatForm,
  why: string,
  dialect: Dialect,
  report: Report,
): ShapedRequest {
  const format = planFormat(input, form);
  const plan = format === undefined ? {} : { format };
  if (form.tools === 'native')
    return { body: lowerTools(describeFormat(input, form, dialect, report), dialect, report), plan };

  const held = form.format !== 'described';
  const described = describeTools(input, held, readSchema(input), why, report);
  const { answer, offered, plan: tools } = described;
  if (answer === undefined)
    return {
      body: describeFormat({ ...described.body, ...pickFormat(input) }, form, dialect, report),
      plan: { ...plan, tools, offered },
    };
  // The reader of calls takes the reply out of its form, or leaves the text as it is.
  const response = form.format === 'schema' ? sendAnswer(answer, dialect, report) : { type: 'json_object' };
  return {
    body: held ? { ...described.body, response_format: response } : described.body,
    plan: { ...plan, tools, offered, replies: held },
  };
}

function pickFormat(input: WireObject): WireObject {
  return 'response_format' in input ? { response_format: input['response_format'] } : {};
}

function sendAnswer(answer: WireObject, { chat, id }: Dialect, report: Report): WireObject {
  const schema = chat.schemas === undefined ? answer : lowerFor(answer, chat.schemas, 'tools', id, report);
  return { type: 'json_schema', json_schema: { name: 'answer', schema } };
}

/** Sends the schemas of tools in the engine's words: one it cannot read may cost the request all of them. */
function lowerTools(body: WireObject, { chat, id }: Dialect, report: Report): WireObject {
  const { tools } = body;
  const rules = chat.schemas;
  if (rules === undefined || !Array.isArray(tools)) return body;
  return {
    ...body,
    tools: tools.map((tool: unknown) => {
      const held = isObject(tool) ? tool['function'] : undefined;
      if (!isObject(held) || !isObject(held['parameters'])) return tool;
      return {
        ...(tool as WireObject),
        function: { ...held, parameters: lowerFor(held['parameters'], rules, 'tools', id, report) },
      };
    }),
  };
}
