import { isObject, type JsonObject } from '../../json.ts';

import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onRequest } from './places.ts';

const chat = 'chat/completions';
const refuse = (message: string, param: string | null = null) =>
  writeJson(400, { error: { message, type: 'invalid_request_error', param, code: 'unsupported_value' } });
const crash = writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } });
const refuseWhen = (when: (body: JsonObject) => boolean, message: string, param?: string) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? refuse(message, param) : undefined));
const crashWhen = (when: (body: JsonObject) => boolean) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? crash : undefined));

/** Demands on the format of an answer that are dropped, refused, or taken where OpenAI refuses them. */
export const formatRequestFaults: readonly WireFault[] = [
  {
    id: 'text-format-refused',
    level: 'must',
    summary: 'response_format text is refused',
    seen: ['case JSON-03'],
    put: refuseWhen(
      ({ response_format: format }) => isObject(format) && format['type'] === 'text',
      'response_format must be json_object',
    ),
  },
  {
    id: 'format-ignored',
    level: 'must',
    summary: 'response_format is ignored: prose comes',
    seen: ['groq chat.rf', 'llamacpp chat.rf'],
    put: onRequest(chat, 'response_format', (old) =>
      isObject(old) && (old['type'] === 'json_object' || isObject(old['json_schema'])) ? undefined : old,
    ),
  },
  {
    id: 'schema-ignored',
    level: 'must',
    summary: 'json_schema is taken for json_object',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: onRequest(chat, 'response_format', (old) =>
      isObject(old) && isObject(old['json_schema']) && isObject(old['json_schema']['schema'])
        ? { type: 'json_object' }
        : old,
    ),
  },
  {
    id: 'unknown-format-accepted',
    level: 'must',
    summary: 'an unknown response_format is taken for text',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: onRequest(chat, 'response_format', (old) =>
      isObject(old) && !['text', 'json_object', 'json_schema'].includes(String(old['type'])) ? undefined : old,
    ),
  },
  {
    id: 'schema-absent-500',
    level: 'must',
    summary: 'json_schema without a schema gives a server error',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: crashWhen(
      ({ response_format: format }) =>
        isObject(format) && format['type'] === 'json_schema' && !isObject(format['json_schema']),
    ),
  },
  {
    id: 'schema-absent-accepted',
    level: 'must',
    summary: 'json_schema without a schema is taken for json_object',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: onRequest(chat, 'response_format', (old) =>
      isObject(old) && old['type'] === 'json_schema' && !isObject(old['json_schema']) ? { type: 'json_object' } : old,
    ),
  },
  {
    id: 'schema-odd-accepted',
    level: 'must',
    summary: 'a schema that is none is taken',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: onRequest(chat, 'response_format.json_schema.schema', (old) => (isSoundSchema(old) ? old : emptyObject)),
  },
  {
    id: 'schema-odd-500',
    level: 'must',
    summary: 'a schema that is none gives a server error',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/19051'],
    put: crashWhen(
      ({ response_format: format }) =>
        isObject(format) && isObject(format['json_schema']) && !isSoundSchema(format['json_schema']['schema']),
    ),
  },
  {
    id: 'schema-name-unchecked',
    level: 'should',
    summary: 'a json_schema without a name is taken',
    seen: ['https://github.com/ggml-org/llama.cpp/issues/24097'],
    put: onRequest(chat, 'response_format.json_schema.name', (old) =>
      typeof old === 'string' && /^[\w-]{1,64}$/.test(old) ? old : 'answer',
    ),
  },
];

const emptyObject = { type: 'object', properties: {}, required: [], additionalProperties: false };
const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null', undefined];
const isSoundSchema = (schema: unknown) =>
  isObject(schema) && (Array.isArray(schema['type']) || types.includes(schema['type'] as string | undefined));
