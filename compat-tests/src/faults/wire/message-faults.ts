import { isObject, type JsonObject, readObjects } from '../../json.ts';

import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onRequest, several } from './places.ts';

const chat = 'chat/completions';
const refuse = (message: string, param: string | null = null) =>
  writeJson(400, { error: { message, type: 'invalid_request_error', param, code: 'unsupported_value' } });
const crash = writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } });
const messagesOf = (body: JsonObject) => readObjects(body['messages']);
const refuseWhen = (when: (body: JsonObject) => boolean, message: string, param?: string) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? refuse(message, param) : undefined));
const crashWhen = (when: (body: JsonObject) => boolean) =>
  insteadOf(({ path }, body) => (path.endsWith(chat) && when(body) ? crash : undefined));
const oddMessages = [{ role: 'user', content: 'Hello' }];
const isSoundMessage = (message: unknown) =>
  isObject(message) && typeof message['role'] === 'string' && typeof message['content'] !== 'number';

/** Messages and models that are dropped, refused, or taken where OpenAI refuses them. */
export const messageFaults: readonly WireFault[] = [
  {
    id: 'history-dropped',
    level: 'must',
    summary: 'only the last message reaches the model',
    seen: ['https://github.com/ollama/ollama/issues/4967'],
    put: onRequest(chat, 'messages', (old) =>
      readObjects(old).some(({ role }) => role === 'tool') || !Array.isArray(old) || old.length < 3
        ? old
        : (old as unknown[]).slice(-1),
    ),
  },
  {
    id: 'system-dropped',
    level: 'must',
    summary: 'system messages do not reach the model',
    seen: ['https://github.com/vllm-project/vllm/pull/44505'],
    put: onRequest(chat, 'messages', (old) => {
      const kept = readObjects(old).filter(({ role }) => role !== 'system');
      return kept.length === 0 || !Array.isArray(old) || kept.length === old.length ? old : kept;
    }),
  },
  {
    id: 'system-refused',
    level: 'must',
    summary: 'system messages are refused',
    seen: ['https://github.com/mistralai/mistral-vibe/issues/1006'],
    put: refuseWhen((body) => messagesOf(body).some(({ role }) => role === 'system'), 'System role not supported'),
  },
  {
    id: 'developer-refused',
    level: 'should',
    summary: 'messages with the role "developer" get a server error',
    seen: ['case ROLE-02'],
    put: crashWhen((body) => messagesOf(body).some(({ role }) => role === 'developer')),
  },
  {
    id: 'parts-refused',
    level: 'must',
    summary: 'content as a list of text parts is refused',
    seen: ['case ROLE-03'],
    put: refuseWhen(
      (body) => messagesOf(body).some(({ content }) => Array.isArray(content)),
      'content must be a string',
      'messages',
    ),
  },
  {
    id: 'parts-dropped',
    level: 'must',
    summary: 'content as a list of parts reaches the model empty',
    seen: ['case ROLE-03'],
    put: onRequest(chat, 'messages.*.content', (old, { role }) => (Array.isArray(old) && role !== 'tool' ? '' : old)),
  },
  {
    id: 'parts-after-first-dropped',
    level: 'should',
    summary: 'of several text parts only the first reaches the model',
    seen: ['case ROLE-04'],
    put: onRequest(chat, 'messages.*.content', (old) =>
      Array.isArray(old) && old.length > 1 ? (old as unknown[]).slice(0, 1) : old,
    ),
  },
  {
    id: 'second-system-500',
    level: 'should',
    summary: 'a system message that is not the first gives a server error',
    seen: ['https://github.com/vllm-project/vllm/pull/44505'],
    put: crashWhen((body) => messagesOf(body).some(({ role }, at) => role === 'system' && at > 0)),
  },
  {
    id: 'same-role-500',
    level: 'should',
    summary: 'two messages of one role in a row give a server error',
    seen: ['https://github.com/microsoft/autogen/issues/1037'],
    put: crashWhen((body) =>
      messagesOf(body).some(({ role }, at, all) => role === 'user' && all[at - 1]?.['role'] === 'user'),
    ),
  },
  {
    id: 'prefill-500',
    level: 'should',
    summary: 'a conversation that ends with the assistant gives a server error',
    seen: ['case ROLE-07'],
    put: crashWhen((body) => messagesOf(body).at(-1)?.['role'] === 'assistant'),
  },
  {
    id: 'empty-content-500',
    level: 'should',
    summary: 'an empty message gives a server error',
    seen: ['case ROLE-08'],
    put: crashWhen((body) => messagesOf(body).some(({ content, role }) => content === '' && role === 'user')),
  },
  {
    id: 'name-refused',
    level: 'should',
    summary: 'the name of a message is refused',
    seen: ['groq errors.shape'],
    put: crashWhen((body) => messagesOf(body).some(({ name }) => name !== undefined)),
  },
  {
    id: 'odd-messages-accepted',
    level: 'must',
    summary: 'messages that are absent, no list, or hold no messages are answered',
    seen: ['llamacpp errors.code'],
    put: onRequest(chat, 'messages', (old) => (Array.isArray(old) && old.every(isSoundMessage) ? old : oddMessages)),
  },
  {
    id: 'odd-messages-500',
    level: 'must',
    summary: 'messages of a wrong form give a server error',
    seen: ['llamacpp errors.code'],
    put: crashWhen(({ messages }) => !Array.isArray(messages) || !messages.every(isSoundMessage)),
  },
  {
    id: 'no-messages-accepted',
    level: 'should',
    summary: 'an empty list of messages is answered',
    seen: ['case ROLE-12', 'llama-server messages'],
    put: onRequest(chat, 'messages', (old) => (Array.isArray(old) && old.length === 0 ? oddMessages : old)),
  },
  {
    id: 'unknown-role-accepted',
    level: 'should',
    summary: 'a role that does not exist is taken',
    seen: ['case ROLE-10', 'llama-server roles'],
    put: onRequest(chat, 'messages.*.role', (old) =>
      typeof old !== 'string' || ['system', 'developer', 'user', 'assistant', 'tool', 'function'].includes(old)
        ? old
        : 'user',
    ),
  },
  {
    id: 'model-absent-accepted',
    level: 'must',
    summary: 'a request without a model is answered',
    seen: ['llama-server model'],
    put: onRequest(chat, 'model', (old) => old ?? 'reference-chat'),
  },
  {
    id: 'unknown-model-served',
    level: 'must',
    summary: 'any name of a model is served',
    seen: ['llama-server model'],
    put: several(
      onRequest(chat, 'model', (old) =>
        typeof old === 'string' && !old.startsWith('reference-') ? 'reference-chat' : old,
      ),
      onRequest('embeddings', 'model', (old) =>
        typeof old === 'string' && !old.startsWith('reference-') ? 'reference-embedding' : old,
      ),
    ),
  },
  {
    id: 'metadata-500',
    level: 'should',
    summary: 'user, metadata and store give a server error',
    seen: ['case CHAT-11'],
    put: crashWhen(
      (body) => body['user'] !== undefined || body['metadata'] !== undefined || body['store'] !== undefined,
    ),
  },
  {
    id: 'overflow-cut-silently',
    level: 'must',
    summary: 'a prompt longer than the window is cut without a word',
    seen: ['https://github.com/ollama/ollama/issues/4967', 'https://github.com/ollama/ollama/issues/5902'],
    put: onRequest(chat, 'messages.*.content', (old) =>
      typeof old === 'string' && old.length > 20_000 ? old.slice(-2000) : old,
    ),
  },
  {
    id: 'image-refused-500',
    level: 'must',
    summary: 'an image to a model without eyes gives a server error',
    seen: ['llamacpp errors.code'],
    put: crashWhen((body) => /"image_url"/.test(JSON.stringify(body))),
  },
  {
    id: 'image-dropped',
    level: 'must',
    summary: 'images are dropped without a word',
    seen: ['case VIS-06'],
    put: onRequest(chat, 'messages.*.content', (old) => {
      if (!Array.isArray(old)) return old;
      const parts = readObjects(old);
      return parts.some(({ type }) => type === 'image_url') ? parts.filter(({ type }) => type !== 'image_url') : old;
    }),
  },
];
