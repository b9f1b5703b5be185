import type { ts } from 'ts-morph';
import type { Flow } from './flow.ts';
import type { Value } from './values.ts';

/** Parameters that not every endpoint has, as they are named on the wire; the rest of a call is the same everywhere. */
const counted = [
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'n',
  'stop',
  'seed',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'stream_options',
  'reasoning_effort',
  'modalities',
  'audio',
  'prediction',
  'store',
  'metadata',
  'user',
  'service_tier',
  'web_search_options',
  'verbosity',
  'max_tokens',
  'max_completion_tokens',
  'frequency_penalty',
  'presence_penalty',
  'previous_response_id',
  'conversation',
  'background',
  'text',
  'reasoning',
  'include',
  'dimensions',
  'encoding_format',
  'instructions',
];
/** Helpers of the SDK that build a json_schema format: zodResponseFormat, zodTextFormat, makeParseableResponseFormat. Source: https://github.com/openai/openai-node/blob/master/helpers.md */
const schemaHelper = /(?:ResponseFormat|TextFormat)$/;
/** Parameters whose `false` asks for something. */
const meansNo: ReadonlySet<string> = new Set(['parallel_tool_calls']);
/** More messages than a person writes down are data. */
const mostItems = 200;

/** What a call asks of the endpoint. */
export interface CallFeatures {
  /** Parameters, and further features, as the manifest names them: `tools`, `tool_choice.required`, `response_format.json_schema`, `image.url`, `role.developer`. */
  readonly names: readonly string[];
  /** The whole request is visible; if not, it may use more. */
  readonly whole: boolean;
}

/**
 * Reads the features that a call uses from its first argument, following variables, spreads and helper calls.
 * @param method last part of the endpoint: `stream` and `runTools` say something themselves.
 */
export function readFeatures(
  api: typeof ts,
  flow: Flow,
  call: ts.CallExpression | undefined,
  method: string,
): CallFeatures {
  const names = new Set<string>();
  if (method === 'stream') names.add('stream');
  if (method === 'runTools') names.add('tools');
  const body = call?.arguments[0];
  if (body === undefined) return { names: [...names], whole: call !== undefined };
  const reader = new BodyReader(api, flow, names);
  reader.readBody(flow.valuesOf(body));
  const order = [
    ...counted.filter((name) => names.has(name)),
    ...[...names].filter((name) => name.includes('.')).sort(),
  ];
  return { names: order, whole: reader.whole };
}

class BodyReader {
  whole = true;
  readonly #api: typeof ts;
  readonly #flow: Flow;
  readonly #names: Set<string>;

  constructor(api: typeof ts, flow: Flow, names: Set<string>) {
    this.#api = api;
    this.#flow = flow;
    this.#names = names;
  }

  readBody(values: readonly Value[], depth = 0): void {
    const objects = values.filter((value) => value.kind === 'object');
    if (objects.length === 0 || depth > 4) this.whole = false;
    for (const { node } of objects) {
      for (const property of node.properties) {
        if (this.#api.isSpreadAssignment(property)) this.readBody(this.#spread(property.expression), depth + 1);
        else if (property.name !== undefined) this.#readParameter(nameOf(property.name), valueOf(this.#api, property));
      }
    }
  }

  /** `...(x && {…})` may spread an object, and so counts as one. */
  #spread(node: ts.Expression): readonly Value[] {
    const api = this.#api;
    if (api.isParenthesizedExpression(node)) return this.#spread(node.expression);
    if (api.isBinaryExpression(node)) return this.#spread(node.right);
    if (api.isConditionalExpression(node)) return [...this.#spread(node.whenTrue), ...this.#spread(node.whenFalse)];
    return this.#flow.valuesOf(node);
  }

  #readParameter(name: string, value: ts.Expression | undefined): void {
    const isOff =
      /^(?:undefined|null)$/.test(value?.getText() ?? '') || (value?.getText() === 'false' && !meansNo.has(name));
    if (isOff) return;
    if (name === 'n' && value?.getText() === '1') return;
    if (counted.includes(name)) this.#names.add(name);
    if (value === undefined) return;
    if (name === 'tool_choice') this.#readToolChoice(value);
    else if (name === 'response_format' || name === 'text') this.#readFormat(name, value);
    else if (name === 'stream_options' && /\binclude_usage\s*:\s*true\b/.test(value.getText()))
      this.#names.add('stream.usage');
    else if (name === 'tools' && /\bstrict\s*:\s*true\b/.test(value.getText())) this.#names.add('tools.strict');
    else if (name === 'messages' || name === 'input') this.#readMessages(value);
  }

  #readToolChoice(value: ts.Expression): void {
    for (const one of this.#flow.valuesOf(value)) {
      if (one.kind === 'text') this.#names.add(`tool_choice.${one.text}`);
      if (one.kind === 'object') this.#names.add('tool_choice.named');
    }
  }

  #readFormat(name: string, value: ts.Expression): void {
    const api = this.#api;
    const callee = api.isCallExpression(value) ? value.expression : undefined;
    const called = callee && (api.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText());
    if (called !== undefined && schemaHelper.test(called)) this.#names.add(`${name}.json_schema`);
    for (const one of this.#flow.valuesOf(value)) {
      if (one.kind !== 'object') continue;
      for (const property of one.node.properties) {
        const inner = valueOf(api, property);
        if (property.name === undefined || inner === undefined) continue;
        // Responses put the format one level deeper: text: { format: { type } }.
        if (nameOf(property.name) === 'format') this.#readFormat(name, inner);
        if (nameOf(property.name) !== 'type') continue;
        for (const type of this.#flow.valuesOf(inner))
          if (type.kind === 'text') this.#names.add(`${name}.${type.text}`);
      }
    }
  }

  /** Looks for parts and roles that not every model takes, in the messages that are written out. */
  #readMessages(value: ts.Expression): void {
    const api = this.#api;
    const waiting: ts.Node[] = [value];
    let seen = 0;
    let systems = 0;
    for (let node = waiting.pop(); node !== undefined && seen < mostItems * 10; node = waiting.pop()) {
      seen += 1;
      // A function inside is code of its own, not data.
      if (api.isFunctionLike(node)) continue;
      if (api.isPropertyAssignment(node)) {
        const key = nameOf(node.name);
        const text = api.isStringLiteralLike(node.initializer) ? node.initializer.text : '';
        if (key === 'type' && /^(?:input_)?(?:image_url|image|audio|input_audio|file)$/.test(text))
          this.#names.add(text.includes('image') ? 'image.url' : `content.${text.replace('input_', '')}`);
        if (key === 'role' && text === 'developer') this.#names.add('role.developer');
        if (key === 'role' && text === 'system') systems += 1;
      }
      api.forEachChild(node, (child) => {
        waiting.push(child);
      });
    }
    if (systems > 1) this.#names.add('system.several');
  }
}

function nameOf(node: ts.PropertyName): string {
  return node.getText().replace(/^['"]|['"]$/g, '');
}

function valueOf(api: typeof ts, property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (api.isPropertyAssignment(property)) return property.initializer;
  return api.isShorthandPropertyAssignment(property) ? property.name : undefined;
}
