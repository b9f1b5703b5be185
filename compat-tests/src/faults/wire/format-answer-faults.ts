import { isObject, type JsonObject, parseJson } from '../../json.ts';
import { to } from './edit.ts';
import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onBody, onRequest } from './places.ts';

const chat = 'chat/completions';
const crash = writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } });
const crashWhen = (when: (body: JsonObject) => boolean) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? crash : undefined));

/** Answers in a demanded format that do not keep to it. */
export const formatAnswerFaults: readonly WireFault[] = [
  ...(
    [
      [
        'json-fenced',
        'must',
        'JSON stands in a Markdown fence',
        ['case JSON-09'],
        (json) => `\`\`\`json\n${json}\n\`\`\``,
      ],
      [
        'json-with-preamble',
        'must',
        'JSON comes after a sentence',
        ['groq chat.rf'],
        (json) => `Here is the JSON you asked for:\n${json}`,
      ],
      [
        'json-cut',
        'must',
        'JSON is cut though the answer came to its end',
        ['llamacpp chat.rf'],
        (json) => json.slice(0, -1),
      ],
      [
        'json-single-quotes',
        'must',
        'JSON is written with single quotes',
        ['llamacpp chat.rf'],
        (json) => json.replaceAll('"', "'"),
      ],
      ['json-in-json', 'must', 'JSON comes as a JSON text', ['groq chat.rf'], (json) => JSON.stringify(json)],
      [
        'schema-wrong-types',
        'must',
        'numbers come as texts, texts as numbers',
        ['https://github.com/ggml-org/llama.cpp/issues/19051'],
        (json) =>
          mapLeaves(json, (leaf) => (typeof leaf === 'number' ? String(leaf) : typeof leaf === 'string' ? 7 : leaf)),
      ],
      [
        'schema-wrong-booleans',
        'must',
        'booleans come as texts',
        ['https://github.com/ggml-org/llama.cpp/issues/19051'],
        (json) => mapLeaves(json, (leaf) => (typeof leaf === 'boolean' ? String(leaf) : leaf)),
      ],
      [
        'schema-floats-for-integers',
        'must',
        'integers come as fractions',
        ['https://github.com/ggml-org/llama.cpp/issues/19051'],
        (json) => mapLeaves(json, (leaf) => (Number.isInteger(leaf) ? Number(leaf) + 0.5 : leaf)),
      ],
      [
        'schema-keys-missing',
        'must',
        'the last required key of the answer is missing',
        ['https://github.com/ggml-org/llama.cpp/issues/24097'],
        (json) => mapRoot(json, (entries) => entries.slice(0, -1)),
      ],
      [
        'schema-keys-invented',
        'should',
        'the answer has a key the schema does not allow',
        ['https://github.com/ggml-org/llama.cpp/issues/24097'],
        (json) => mapRoot(json, (entries) => [...entries, ['note_of_the_model', 'x']]),
      ],
      [
        'schema-keys-reversed',
        'should',
        'keys come in another order than the schema names them',
        ['case SCH-10'],
        (json) => mapRoot(json, (entries) => entries.toReversed()),
      ],
      [
        'schema-lists-lost',
        'must',
        'lists come as their first item',
        ['https://github.com/ggml-org/llama.cpp/issues/19051'],
        (json) => JSON.stringify(unlist(parseJson(json))),
      ],
      [
        'schema-nesting-lost',
        'must',
        'nested objects come as texts',
        ['https://github.com/ggml-org/llama.cpp/issues/19051'],
        (json) =>
          mapRoot(json, (entries) =>
            entries.map(([key, value]) => [key, isObject(value) ? JSON.stringify(value) : value]),
          ),
      ],
    ] satisfies readonly (readonly [string, 'must' | 'should', string, readonly string[], (json: string) => string])[]
  ).map(([id, level, summary, seen, change]): WireFault => ({
    id,
    level,
    summary,
    seen,
    put: onBody(chat, 'choices.*.message.content', (old) =>
      typeof old === 'string' && isObject(parseJson(old)) ? change(old) : old,
    ),
  })),
  {
    id: 'schema-cut-says-stop',
    level: 'should',
    summary: 'JSON that ran out of tokens finishes with stop',
    seen: ['https://github.com/BerriAI/litellm/issues/12862'],
    put: onBody(chat, 'choices.*', (old) => {
      const choice = old as JsonObject;
      const message = choice['message'] as JsonObject;
      const isJson = typeof message['content'] === 'string' && message['content'].startsWith('{');
      return isJson && choice['finish_reason'] === 'length' ? { ...choice, finish_reason: 'stop' } : old;
    }),
  },
  {
    id: 'content-parsed',
    level: 'must',
    summary: 'content of a demanded format is an object, not a text',
    seen: ['https://github.com/ollama/ollama/issues/7824'],
    put: onBody(chat, 'choices.*.message.content', (old) => {
      const value = typeof old === 'string' ? parseJson(old) : undefined;
      return isObject(value) ? value : old;
    }),
  },
  {
    id: 'enum-ignored',
    level: 'must',
    summary: 'enum and const of a schema are ignored',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: onRequest(chat, 'response_format.json_schema.schema', (old) => dropKeys(old, ['enum', 'const'])),
  },
  {
    id: 'bounds-ignored',
    level: 'should',
    summary: 'pattern, format and bounds of a schema are ignored',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: onRequest(chat, 'response_format.json_schema.schema', (old) =>
      dropKeys(old, [
        'pattern',
        'format',
        'minimum',
        'maximum',
        'minItems',
        'maxItems',
        'exclusiveMinimum',
        'exclusiveMaximum',
        'multipleOf',
      ]),
    ),
  },
  {
    id: 'references-dropped',
    level: 'should',
    summary: '$ref in a schema allows anything',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: onRequest(chat, 'response_format.json_schema.schema', (old) => dropKeys(old, ['$ref'])),
  },
  {
    id: 'unions-refused',
    level: 'should',
    summary: 'anyOf and null in a schema give a server error',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: crashWhen(({ response_format: format }) => /"anyOf"|"null"/.test(JSON.stringify(format) ?? '')),
  },
  {
    id: 'thoughts-before-json',
    level: 'should',
    summary: 'thoughts stand before the JSON',
    seen: ['https://github.com/vercel/ai/issues/7866'],
    put: onBody(chat, 'choices.*.message.content', (old) =>
      typeof old === 'string' && old.startsWith('{') ? `<think>Which keys?</think>${old}` : old,
    ),
  },
  {
    id: 'refusal-in-place-of-json',
    level: 'must',
    summary: 'content is null where JSON was demanded',
    seen: ['together chat.finish'],
    put: onBody(chat, 'choices.*.message.content', (old) =>
      typeof old === 'string' && old.startsWith('{') ? null : old,
    ),
  },
  {
    id: 'no-text-at-all',
    level: 'must',
    summary: 'content is null where text was asked for',
    seen: ['https://github.com/ollama/ollama/issues/12158'],
    put: onBody(chat, 'choices.*.message.content', to(null)),
  },
];

type Entry = readonly [string, unknown];

function mapRoot(json: string, change: (entries: readonly Entry[]) => readonly Entry[]): string {
  const value = parseJson(json);
  return isObject(value) ? JSON.stringify(Object.fromEntries(change(Object.entries(value)))) : json;
}

function mapLeaves(json: string, change: (leaf: unknown) => unknown): string {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, walk(held)]));
    return change(value);
  };
  return JSON.stringify(walk(parseJson(json)));
}

function unlist(value: unknown): unknown {
  if (Array.isArray(value)) return unlist(value[0] ?? null);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, unlist(held)]));
  return value;
}

/** A schema without some keywords; names of properties stay. */
function dropKeys(schema: unknown, keys: readonly string[]): unknown {
  if (Array.isArray(schema)) return schema.map((item) => dropKeys(item, keys));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !keys.includes(key) || isObject(value))
      .map(([key, value]) => [
        key,
        key === 'properties' || key === '$defs' ? dropInEach(value, keys) : dropKeys(value, keys),
      ]),
  );
}

function dropInEach(value: unknown, keys: readonly string[]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, dropKeys(schema, keys)]));
}
