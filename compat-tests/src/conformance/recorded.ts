import { isObject, type JsonObject, readObjects } from '../json.ts';
import type { RecordedRequest } from './case.ts';

/** What recorded exchanges a case applies to. */
export interface Wanted {
  readonly path?: string;
  /** Whether a stream was asked for; both when left out. */
  readonly stream?: boolean;
  readonly status?: number;
  /** Leaves out what was refused for reasons of its own: the key, the model, the load. */
  readonly fine?: true;
  /** Only answers that call a tool. */
  readonly calls?: true;
  readonly where?: (body: RecordedRequest['body']) => boolean;
}

/** Picks recorded exchanges. */
export function isAsked({ path, stream, status, fine, calls, where }: Wanted): (recorded: RecordedRequest) => boolean {
  return (recorded) =>
    (path === undefined || recorded.path === path) &&
    (stream === undefined || (recorded.body['stream'] === true) === stream) &&
    (status === undefined || recorded.status === status) &&
    (fine === undefined || ![401, 403, 404, 429].includes(recorded.status)) &&
    (calls === undefined || recorded.calls) &&
    (where === undefined || where(recorded.body));
}

/** Picks recorded chat completions. */
export function isChat(wanted: Omit<Wanted, 'path'> = {}): (recorded: RecordedRequest) => boolean {
  return isAsked({ ...wanted, path: '/chat/completions' });
}

/** Whether a stream was asked to count its tokens. */
export function wantsUsage({ stream_options: options }: RecordedRequest['body']): boolean {
  return isObject(options) && options['include_usage'] === true;
}

/** Whether the request has tools. */
export function hasTools({ tools }: RecordedRequest['body']): boolean {
  return Array.isArray(tools) && tools.length > 0;
}

/** The function that `tool_choice` names; undefined when it names none. */
export function namedTool({ tool_choice: choice }: RecordedRequest['body']): string | undefined {
  const held = isObject(choice) && isObject(choice['function']) ? choice['function']['name'] : undefined;
  return typeof held === 'string' ? held : undefined;
}

/** The messages of a chat request. */
export function messagesOf({ messages }: RecordedRequest['body']): JsonObject[] {
  return readObjects(messages);
}

/** Requests that have a message of this role. */
export function hasRole(role: string): (body: RecordedRequest['body']) => boolean {
  return (body) => messagesOf(body).some((message) => message['role'] === role);
}

/** Whether a message has an image in it. */
export function hasImage(body: RecordedRequest['body']): boolean {
  return messagesOf(body).some(({ content }) => readObjects(content).some(({ type }) => type === 'image_url'));
}

/** The type of `response_format`; undefined when there is none. */
export function formatTypeOf({ response_format: format }: RecordedRequest['body']): string | undefined {
  return isObject(format) && typeof format['type'] === 'string' ? format['type'] : undefined;
}

/** Picks recorded responses that came whole, at once. */
export function isWholeResponse(where: Wanted['where'] = () => true): (recorded: RecordedRequest) => boolean {
  return isAsked({
    path: '/responses',
    stream: false,
    status: 200,
    where: (body) => body['input'] !== undefined && body['background'] !== true && where(body),
  });
}
