import type { Dialect } from '../dialect.ts';
import { isObject, type WireObject } from '../wire.ts';
import type { Lack } from './refused.ts';

/** How a chat request is put: in the endpoint's own fields, or described to the model where it has none. */
export interface ChatForm {
  readonly tools: 'native' | 'described';
  /** `schema`: a JSON Schema is sent; `object`: only "a JSON object" is; `described`: the model is told. */
  readonly format: 'schema' | 'object' | 'described';
  /** What does not fit a schema that is not `strict` is handed over with a note: no further try is left. */
  readonly lenient: boolean;
}

/** What a request asks for that an endpoint may not have. */
export interface Wants {
  readonly tools: 'none' | 'auto' | 'forced';
  /** All tools are functions: only those can be described to a model. */
  readonly describable: boolean;
  /** Earlier calls and their results are among the messages. */
  readonly history: boolean;
  readonly format: 'none' | 'json_object' | 'json_schema';
  readonly stream: boolean;
  /** The schema is `strict`, or any object will do: OpenAI holds to that whatever happens. */
  readonly strict: boolean;
}

/** Reads what a request asks for. */
export function readWants(input: WireObject): Wants {
  const choice = input['tool_choice'];
  const asked = Array.isArray(input['tools']) && input['tools'].length > 0 && choice !== 'none';
  const forced = choice === 'required' || (isObject(choice) && readMode(choice) === 'required');
  const format = isObject(input['response_format']) ? input['response_format'] : {};
  const schema = isObject(format['json_schema']) ? format['json_schema'] : {};
  const { type } = format;
  return {
    tools: asked ? (forced ? 'forced' : 'auto') : 'none',
    describable:
      asked && (input['tools'] as readonly unknown[]).every((tool) => isObject(tool) && tool['type'] === 'function'),
    history: Array.isArray(input['messages']) && input['messages'].some(isToolTurn),
    format: type === 'json_schema' || type === 'json_object' ? type : 'none',
    stream: input['stream'] === true,
    strict: schema['strict'] === true || type === 'json_object',
  };
}

/** Tells a message that calls a tool or answers a call. */
function isToolTurn(message: unknown): boolean {
  return (
    isObject(message) &&
    (message['role'] === 'tool' || (Array.isArray(message['tool_calls']) && message['tool_calls'].length > 0))
  );
}

function readMode(choice: WireObject): unknown {
  return isObject(choice['allowed_tools']) ? choice['allowed_tools']['mode'] : 'required';
}

/** What this process has learnt of one model at one endpoint. */
interface Learnt {
  /** The model's template knows no tools, or it does; `undefined` when nobody has looked. */
  tools?: boolean | undefined;
  readonly lacks: Set<Lack>;
  format?: 'object' | 'described';
  /** The engine's own page about itself, once it was asked for. */
  props?: Promise<WireObject | undefined>;
  /** Whether the models are of the engine's own, once that was asked. */
  owned?: Promise<boolean>;
  /** Whether a prompt with a tool is longer than one without, once that was tried. */
  counts?: Promise<boolean | undefined>;
}

const memory = new Map<string, Learnt>();

/** Gives what is known of a model at an endpoint, to read and to write. */
export function recall(baseURL: string, model: string): Learnt {
  const key = `${baseURL}\n${model}`;
  const known = memory.get(key) ?? { lacks: new Set<Lack>() };
  memory.set(key, known);
  return known;
}

/** Chooses the form of a first try by what is known. */
export function chooseForm(wants: Wants, { tools, lacks, format }: Learnt, { chat }: Dialect): ChatForm {
  const toolless =
    chat.describeTools !== undefined ||
    tools === false ||
    lacks.has('tools') ||
    (wants.tools === 'auto' && lacks.has('auto-choice')) ||
    (wants.tools === 'forced' && lacks.has('forced-choice'));
  return {
    tools: toolless && (wants.tools !== 'none' || wants.history) ? 'described' : 'native',
    format: format ?? chat.responseFormat?.level ?? 'schema',
    lenient: wants.stream && !wants.strict,
  };
}
