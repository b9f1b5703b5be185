import type { Note, Policy } from './note.ts';
import { refuseRequest } from './refusal.ts';

/** Collects the notes of one call and hands each on as the policy says. */
export interface Report {
  readonly notes: readonly Note[];
  /** Takes a note once per code and place. Throws a `Refusal` for a lossy one under `strict`. */
  add(note: Note): void;
  /** Takes back the notes from a place on, but for the codes that stay: what they tell of is no part of the answer. */
  forget(from: number, staying: RegExp): void;
}

const printed = new Set<string>();

/** Starts the report of one call. `onNote` hears every note; under `warn` stderr hears each distinct one once per process. */
export function createReport(policy: Policy, onNote: ((note: Note) => void) | undefined): Report {
  const notes: Note[] = [];
  const seen = new Set<string>();
  const keyOf = ({ code, where }: Note): string => `${code} ${where.replace(/\[\d+\]/g, '[]')}`;
  const add = (note: Note): void => {
    const key = keyOf(note);
    if (seen.has(key)) return;
    seen.add(key);
    const refused = policy === 'strict' && note.severity === 'lossy';
    const taken: Note = refused ? { ...note, severity: 'refused' } : note;
    notes.push(taken);
    if (policy !== 'silent') printOnce(key, taken);
    tellHook(onNote, taken);
    if (refused)
      throw refuseRequest(`${describeNote(note)} (policy "strict" refuses lossy steps)`, nameParam(note.where));
  };
  const forget = (from: number, staying: RegExp): void => {
    for (const note of notes.splice(from))
      if (staying.test(note.code)) notes.push(note);
      else seen.delete(keyOf(note));
  };
  return { notes, add, forget };
}

/** Writes a note as one line of plain text. */
function describeNote({ where, what, why, fix }: Note): string {
  return [`${where}: ${what}`, why, fix].filter((part) => part !== '').join('. ');
}

/** Writes notes as a header value: JSON in ASCII, at most `limit` bytes, the rest counted in a last `{"more": n}`. */
export function encodeNotes(notes: readonly Note[], limit = 4096): string {
  const items: string[] = [];
  let bytes = 2;
  for (const { code, severity, where, what } of notes) {
    const item = escapeNonAscii(JSON.stringify({ code, severity, where, what }));
    if (bytes + item.length + 1 > limit - 20) break;
    items.push(item);
    bytes += item.length + 1;
  }
  if (items.length < notes.length) items.push(JSON.stringify({ more: notes.length - items.length }));
  return `[${items.join(',')}]`;
}

function escapeNonAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function nameParam(where: string): string | null {
  return /^request\.([^\s"]+)/.exec(where)?.[1] ?? null;
}

function printOnce(key: string, note: Note): void {
  if (printed.has(key)) return;
  printed.add(key);
  console.error(`migrate-llm: [${note.severity}] ${note.code}: ${describeNote(note)}`);
}

function tellHook(onNote: ((note: Note) => void) | undefined, note: Note): void {
  try {
    onNote?.(note);
  } catch (error) {
    // A broken hook must not cost the app its answer, but its author should see it.
    console.error('migrate-llm: onNote threw:', error);
  }
}
