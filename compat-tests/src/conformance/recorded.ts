import type { RecordedRequest } from './case.ts';

/** What recorded exchanges a case applies to. */
export interface Wanted {
  readonly path?: string;
  /** Whether a stream was asked for; both when left out. */
  readonly stream?: boolean;
  readonly status?: number;
  readonly where?: (body: RecordedRequest['body']) => boolean;
}

/** Picks recorded exchanges. */
function isAsked({ path, stream, status, where }: Wanted): (recorded: RecordedRequest) => boolean {
  return (recorded) =>
    (path === undefined || recorded.path === path) &&
    (stream === undefined || (recorded.body['stream'] === true) === stream) &&
    (status === undefined || recorded.status === status) &&
    (where === undefined || where(recorded.body));
}

/** Picks recorded chat completions. */
export function isChat(wanted: Omit<Wanted, 'path'> = {}): (recorded: RecordedRequest) => boolean {
  return isAsked({ ...wanted, path: '/chat/completions' });
}
