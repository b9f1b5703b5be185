/** What a look at one thing found. A `note` needs no action, or may: only the reader can know. */
export interface Check {
  readonly level: 'ok' | 'note' | 'problem';
  readonly what: string;
  /** What to do; empty when nothing needs doing. */
  readonly fix: string;
}

export function ok(what: string): Check {
  return { level: 'ok', what, fix: '' };
}

export function note(what: string, fix = ''): Check {
  return { level: 'note', what, fix };
}

export function problem(what: string, fix: string): Check {
  return { level: 'problem', what, fix };
}
