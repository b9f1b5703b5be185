import { isObject } from '../json.ts';
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
