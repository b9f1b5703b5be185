import type { CaseRequest, JsonValue } from './case.ts';

/** Fields of a request body as a case writes them. */
export type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** Tokens a short answer gets: enough for a sentence, and cheap. */
const shortAnswer = 64;

/** A chat request with one user message; `fields` adds to it, and takes away with `undefined`. */
export function askChat(content: string, fields: Fields = {}): CaseRequest {
  return askMessages([{ role: 'user', content }], fields);
}

/** A chat request with these messages. Temperature 0, so that what is asked again is answered alike. */
export function askMessages(messages: readonly Fields[], fields: Fields = {}): CaseRequest {
  return {
    path: '/chat/completions',
    body: { model: '$model', messages, temperature: 0, max_tokens: shortAnswer, ...fields },
  };
}

/** The same as a stream, with the usage at its end. */
export function streamChat(content: string, fields: Fields = {}): CaseRequest {
  return askChat(content, { stream: true, stream_options: { include_usage: true }, ...fields });
}

/** A message of the user. */
export const user = (content: JsonValue): Fields => ({ role: 'user', content });
/** A message of the model. */
export const assistant = (content: JsonValue, fields: Fields = {}): Fields => ({
  role: 'assistant',
  content,
  ...fields,
});
