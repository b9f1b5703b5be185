import type { ts } from 'ts-morph';
import type { EndpointUse } from './touchpoints.ts';

/**
 * What takes the place of a call of the Assistants API, written with the call's own client and arguments.
 * Source: https://developers.openai.com/api/docs/assistants/migration (threads are conversations, runs are responses, run steps are items);
 * checked 2026-11-25. What an assistant held goes into the code: reusable prompts, which that page names, end themselves on 2026-11-30.
 * @returns undefined where the method is none of them.
 */
export function writeAssistantRecipe(api: typeof ts, use: EndpointUse): string | undefined {
  const path = use.endpoint.replace(/^beta\./, '');
  const write = recipes.find(([pattern]) => pattern.test(path))?.[1];
  return write === undefined ? undefined : write(readCall(api, use));
}

/** A call, as recipes quote it. */
interface Call {
  /** The client before `.beta`. */
  readonly client: string;
  /** The id of the thread: the first argument, or `thread_id` beside the id of a run. */
  readonly thread: string;
  /** The id of the assistant or the item the call is about. */
  readonly id: string;
  readonly params: Params;
}

/** The properties of the object that a call is given, by name. */
interface Params {
  readonly of: ReadonlyMap<string, string>;
  /** Text that stands for an object that is not written in the call. */
  readonly whole: string | undefined;
}

const longest = 160;

function readCall(api: typeof ts, { call, endpoint }: EndpointUse): Call {
  const args = (call?.arguments ?? []).map((one) => unwrap(api, one));
  const callee = call?.expression.getText().replaceAll('?.', '.').replace(/\s+/g, '') ?? '';
  const client = callee.slice(0, Math.max(0, callee.lastIndexOf('.beta.'))) || 'client';
  const objects = args.filter(api.isObjectLiteralExpression);
  const ids = args.filter((one) => !api.isObjectLiteralExpression(one)).map((one) => short(one.getText()));
  const of = new Map(objects.flatMap((one) => one.properties.flatMap((property) => read(api, property))));
  const spread = objects.flatMap((one) => [...one.properties]).find(api.isSpreadAssignment);
  const takesBody = /(?:^|\.)(?:create|createAndRun\w*|createAndPoll|createAndStream|update|stream)$/.test(endpoint);
  const startsWithId = /^beta\.(?:threads\.(?:messages|runs)\.|(?:threads|assistants)\.update)/.test(endpoint);
  const body = takesBody && objects.length === 0 ? ids[startsWithId ? 1 : 0] : undefined;
  return {
    client,
    thread: of.get('thread_id') ?? ids[0] ?? 'threadId',
    id: (of.has('thread_id') ? ids[0] : (ids[1] ?? ids[0])) ?? 'id',
    params: { of, whole: body ?? (spread === undefined ? undefined : short(spread.expression.getText())) },
  };
}

function unwrap(api: typeof ts, node: ts.Expression): ts.Expression {
  const isAround = api.isAsExpression(node) || api.isSatisfiesExpression(node) || api.isParenthesizedExpression(node);
  return isAround ? unwrap(api, node.expression) : node;
}

function read(api: typeof ts, property: ts.ObjectLiteralElementLike): Array<[string, string]> {
  if (api.isShorthandPropertyAssignment(property)) return [[property.name.text, property.name.text]];
  return api.isPropertyAssignment(property)
    ? [[property.name.getText().replace(/^['"]|['"]$/g, ''), short(property.initializer.getText())]]
    : [];
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** `{ name: text, … }` of the properties that are there, under new names. */
function pick({ of, whole }: Params, names: Readonly<Record<string, string>>): string[] {
  const found = Object.entries(names).flatMap(([from, to]) => {
    const text = of.get(from);
    return text === undefined ? [] : [text === to ? to : `${to}: ${text}`];
  });
  return whole === undefined ? found : [`...${whole}`, ...found];
}

const object = (parts: readonly string[]): string => (parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`);
const code = (text: string): string => `\`${text}\``;

/** What a run or an assistant sets, as a response takes it. */
const settings = {
  model: 'model',
  instructions: 'instructions',
  tools: 'tools',
  tool_choice: 'tool_choice',
  temperature: 'temperature',
  top_p: 'top_p',
  max_completion_tokens: 'max_output_tokens',
  parallel_tool_calls: 'parallel_tool_calls',
  metadata: 'metadata',
} as const;

/** What differs in the values that are carried over, said only where there are such. */
function notesOn({ of }: Params): string {
  const notes: string[] = [];
  const tools = of.get('tools') ?? '';
  if (of.has('tools')) notes.push('A function tool is flat: { type: "function", name, parameters }.');
  if (/file_search|code_interpreter/.test(tools) || of.has('tool_resources'))
    notes.push(
      'file_search and code_interpreter run at OpenAI only: elsewhere search your own store and pass what it finds as input, and run code in a tool of your own.',
    );
  if (of.has('response_format'))
    notes.push(`response_format goes into text: { format }, here ${code(of.get('response_format') ?? '')}.`);
  if (of.has('additional_instructions'))
    notes.push(`Append ${code(of.get('additional_instructions') ?? '')} to the instructions.`);
  if (of.has('additional_messages')) notes.push(`Put ${code(of.get('additional_messages') ?? '')} into input.`);
  if (of.has('file_ids') || of.has('attachments')) notes.push('Files go into the content of a message, as input_file.');
  return notes.map((one) => ` ${one}`).join('');
}

function respond({ client, thread, params }: Call, input: string, more: readonly string[] = []): string {
  const own = pick(params, settings);
  const assistant = params.of.get('assistant_id');
  const from = assistant === undefined ? [] : ['...assistant'];
  const body = object([...from, ...own, `conversation: ${thread}`, `input: ${input}`, ...more]);
  const held =
    assistant === undefined
      ? ''
      : ` \`assistant\` is what was created as ${code(assistant)}: its model, instructions and tools, held in the code.`;
  return `${code(`await ${client}.responses.create(${body})`)}.${held}${notesOn(params)}`;
}

const done =
  'It is done when the call returns, so whatever waits for its status goes; output_text has the text, function_call items in output are the tools to run.';
const history =
  'A thread that was not saved before the end is gone: start a new conversation and put your own copy of the messages into items.';

/** By path below `beta`, the first that fits. */
const recipes: ReadonlyArray<readonly [path: RegExp, write: (call: Call) => string]> = [
  [
    /^assistants\.create$/,
    ({ params }) =>
      `Hold it in the code, and spread it into each response: ${code(`const assistant = ${object(pick(params, settings))}`)}.${notesOn(params)}`,
  ],
  [
    /^assistants\.retrieve$/,
    ({ id }) =>
      `Read the settings that were kept as ${code(id)} from the code or from your own table: a constant { model, instructions, tools } by that id.`,
  ],
  [
    /^assistants\.list$/,
    () => 'List your own constants or table rows { id, name, model, instructions, tools }: no API holds them.',
  ],
  [
    /^assistants\.update$/,
    ({ thread, params }) =>
      `Change the constant or row that is kept as ${code(thread)}: ${code(object(pick(params, settings)))}.${notesOn(params)}`,
  ],
  [
    /^assistants\.del(?:ete)?$/,
    ({ thread }) => `Delete the row that is kept as ${code(thread)}; there is nothing at the API to delete.`,
  ],
  [
    /^threads\.create$/,
    ({ client, params }) =>
      `${code(`await ${client}.conversations.create(${object(pick(params, { messages: 'items', metadata: 'metadata' }))})`)}; its id takes the place of the thread's. ${history}`,
  ],
  [
    /^threads\.retrieve$/,
    ({ client, thread }) =>
      `${code(`await ${client}.conversations.retrieve(${thread})`)}, with the id of a conversation. ${history}`,
  ],
  [
    /^threads\.update$/,
    ({ client, thread, params }) =>
      `${code(`await ${client}.conversations.update(${thread}, ${object(pick(params, { metadata: 'metadata' }))})`)}.`,
  ],
  [/^threads\.del(?:ete)?$/, ({ client, thread }) => `${code(`await ${client}.conversations.delete(${thread})`)}.`],
  [
    /^threads\.createAndRun/,
    ({ client, params }) => {
      const given =
        /messages\s*:\s*(\[.*\])/.exec(params.of.get('thread') ?? '')?.[1] ??
        `${params.of.get('thread') ?? 'thread'}.messages`;
      const conversation = `(await ${client}.conversations.create()).id`;
      return `${respond({ client, thread: conversation, id: '', params }, given, streamOf(params))} Keep the id of the conversation. ${done}`;
    },
  ],
  [
    /^threads\.messages\.create$/,
    ({ client, thread, params }) => {
      const item = object(["type: 'message'", ...pick(params, { role: 'role', content: 'content' })]);
      return `${code(`await ${client}.conversations.items.create(${thread}, { items: [${item}] })`)}, or pass the message as input of the response that follows.${notesOn(params)}`;
    },
  ],
  [
    /^threads\.messages\.list$/,
    ({ client, thread, params }) => {
      const query = pick(params, { limit: 'limit', order: 'order', after: 'after' });
      const args = query.length === 0 ? thread : `${thread}, ${object(query)}`;
      return `${code(`await ${client}.conversations.items.list(${args})`)}: take the items of type message; content[0].text is the text itself, without .value. After a run, output_text of the response already has it.`;
    },
  ],
  [
    /^threads\.messages\.(?:retrieve|del|delete)$/,
    ({ client, thread, id }) =>
      `${code(`await ${client}.conversations.items.retrieve(${id}, { conversation_id: ${thread} })`)}; delete takes the same arguments.`,
  ],
  [
    /^threads\.messages\.update$/,
    () => 'Items do not change: keep metadata of messages in your own table, by the id of the item.',
  ],
  [
    /^threads\.runs\.submitToolOutputs/,
    (call) => {
      const outputs = call.params.of.get('tool_outputs') ?? 'tool_outputs';
      const input = `${outputs}.map((one) => ({ type: 'function_call_output', call_id: one.tool_call_id, output: one.output }))`;
      return `${respond(call, input, streamOf(call.params))} Spread the same assistant into it as into the response that asked for the tools. ${done}`;
    },
  ],
  [
    /^threads\.runs\.(?:create|createAndPoll|stream|createAndStream)$/,
    (call) =>
      `${respond(call, "[{ role: 'user', content }]", streamOf(call.params))} Input is the new message, so that it need not be added to the conversation first. ${done}`,
  ],
  [
    /^threads\.runs\.(?:retrieve|poll)$/,
    ({ client }) =>
      `Drop it with the loop around it: ${code(`${client}.responses.create`)} returns when the answer is whole, and its status says completed, incomplete or failed; status requires_action is an output with function_call items.`,
  ],
  [
    /^threads\.runs\.cancel$/,
    ({ client }) =>
      `Give the response a signal, and abort it: ${code(`${client}.responses.create(body, { signal })`)}.`,
  ],
  [
    /^threads\.runs\.steps\./,
    () => 'Read output of the response: each item is what a step was (a message, a function_call, a reasoning).',
  ],
  [
    /^threads\.runs\.(?:list|update)$/,
    () =>
      'Keep the ids of the responses that you make for a conversation, if you need to list them; no API lists them.',
  ],
];

function streamOf({ of }: Params): string[] {
  const stream = of.get('stream');
  return stream === undefined ? [] : [`stream: ${stream}`];
}
