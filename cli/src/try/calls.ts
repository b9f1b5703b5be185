import type { GatewayCall, Note } from '@migrate-llm/shim/gateway';

/** What became of calls: the worst thing that happened to one of them. */
export type Fate = 'native' | 'changed' | 'emulated' | 'refused' | 'rejected' | 'failed';

/** Calls of one kind: the same endpoint, model and features. */
export interface CallGroup {
  readonly method: string;
  readonly path: string;
  readonly model: string | undefined;
  readonly features: readonly string[];
  readonly count: number;
  readonly fate: Fate;
  /** Each distinct note once, the lossy ones first. */
  readonly notes: readonly Note[];
  /** Each distinct error once, with how often it came. */
  readonly errors: ReadonlyArray<{
    readonly status: number;
    readonly code: string | null;
    readonly message: string;
    readonly count: number;
  }>;
}

/** Notes on who answers: they change no request and no answer beyond the model's name. */
const aboutTarget = /^(dialect-detected|model-routed|model-mapped)$/;
const emulation = /emulated|fanned-out|recovered|assembled|streamed/;
const severities: ReadonlyArray<Note['severity']> = ['refused', 'lossy', 'info'];
const fates: readonly Fate[] = ['native', 'changed', 'emulated', 'refused', 'rejected', 'failed'];

/** Groups the calls of a run by what they are, in the order they came. */
export function groupCalls(calls: readonly GatewayCall[]): CallGroup[] {
  const groups = new Map<string, GatewayCall[]>();
  for (const call of calls) {
    const key = JSON.stringify([call.method, shortenPath(call.path), call.model, call.features]);
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()].map((group): CallGroup => {
    const { method, path, model, features } = group[0] as GatewayCall;
    return {
      method,
      path: shortenPath(path),
      model,
      features,
      count: group.length,
      fate: fates[Math.max(...group.map((call) => fates.indexOf(fateOf(call))))] as Fate,
      notes: listNotes(group),
      errors: listErrors(group),
    };
  });
}

function fateOf({ outcome, notes }: GatewayCall): Fate {
  if (outcome !== 'answered' && outcome !== 'left') return outcome;
  if (notes.some(({ code }) => emulation.test(code))) return 'emulated';
  return notes.some(({ code }) => !aboutTarget.test(code)) ? 'changed' : 'native';
}

/** Ids in a path would make every call one of its own. */
function shortenPath(path: string): string {
  const [collection = '', id, ...more] = path.slice(1).split('/');
  const hasId = /^(models|files|batches|responses|conversations|uploads)$/.test(collection) && id !== undefined;
  return hasId ? `/${[collection, '{id}', ...more].join('/')}` : path;
}

function listNotes(calls: readonly GatewayCall[]): Note[] {
  const notes = new Map<string, Note>();
  for (const note of calls.flatMap((call) => call.notes))
    notes.set(`${note.code} ${note.where.replace(/\d+/g, '')}`, note);
  return [...notes.values()].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function listErrors(calls: readonly GatewayCall[]): CallGroup['errors'] {
  const errors = new Map<string, CallGroup['errors'][number]>();
  for (const { status, error } of calls) {
    if (error === undefined) continue;
    const key = `${status} ${error.message}`;
    const { code, message } = error;
    errors.set(key, { status, code, message, count: (errors.get(key)?.count ?? 0) + 1 });
  }
  return [...errors.values()];
}
