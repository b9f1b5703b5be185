/** Keeps the JSON value in a text that was asked to be nothing else, piece by piece. */
export interface JsonText {
  push(text: string): string;
  /** Ends the text. `stopped` says that the model ended it, so that brackets left open can be closed. */
  end(stopped: boolean): string;
  /** What was done, in words; empty when the text was nothing but JSON. */
  readonly repairs: readonly string[];
}

/** Starts a reader. `opener` is the sign the value starts with: models put prose and code fences before and behind it. */
export function createJsonText(opener: '{' | '['): JsonText {
  let mode: 'before' | 'inside' | 'after' = 'before';
  let before = '';
  let open: string[] = [];
  let quoted = false;
  let escaped = false;
  let after = '';
  const repairs = new Set<string>();

  /** Reads signs up to the end of the value; returns how many belong to it. */
  const take = (text: string): number => {
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at] as string;
      if (quoted) {
        if (escaped) escaped = false;
        else if (char === '\\') escaped = true;
        else if (char === '"') quoted = false;
      } else if (char === '"') quoted = true;
      else if (char === '{' || char === '[') open.push(char === '{' ? '}' : ']');
      else if (char === '}' || char === ']') {
        open.pop();
        if (open.length === 0) return at + 1;
      }
    }
    return -1;
  };

  const push = (text: string): string => {
    let rest = text;
    let out = '';
    if (mode === 'before') {
      before += rest;
      const at = before.indexOf(opener);
      if (at === -1) return '';
      if (before.slice(0, at).trim() === '') out = before.slice(0, at);
      else repairs.add('text before the JSON left out');
      rest = before.slice(at);
      before = '';
      mode = 'inside';
    }
    if (mode === 'inside') {
      const end = take(rest);
      if (end === -1) return out + rest;
      out += rest.slice(0, end);
      rest = rest.slice(end);
      mode = 'after';
    }
    after += rest;
    if (after.trim() !== '') return out;
    out += after;
    after = '';
    return out;
  };

  return {
    push,
    end(stopped) {
      if (mode === 'after' && after.trim() !== '') repairs.add('text behind the JSON left out');
      // No JSON at all: whoever reads on sees what there is.
      if (mode === 'before') return before;
      if (mode !== 'inside' || !stopped) return '';
      repairs.add('brackets left open closed');
      const closing = `${quoted ? '"' : ''}${open.toReversed().join('')}`;
      open = [];
      mode = 'after';
      return closing;
    },
    get repairs() {
      return [...repairs];
    },
  };
}
