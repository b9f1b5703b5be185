/** Takes a model's special tokens out of the text of one choice, piece by piece, where they can only be a leak. */
export interface TokenTrimmer {
  push(text: string): string;
  end(): string;
  /** How many were taken out. */
  readonly trimmed: number;
}

const ends = ['<|eot_id|>', '<|eom_id|>', '<|end_of_text|>', '<|im_end|>', '<|endoftext|>', '<|eot|>'];
const starts = [
  '<|begin_of_text|>',
  '<|start_header_id|>assistant<|end_header_id|>',
  '<|header_start|>assistant<|header_end|>',
  '<|im_start|>assistant',
];
const tokens = [...ends, ...starts];

/** Starts a trimmer: opening tokens go at the start of an answer, closing ones at its end, and a change of turn anywhere; elsewhere a token is part of the text. */
export function createTokenTrimmer(): TokenTrimmer {
  let buffer = '';
  let started = false;
  let trimmed = 0;

  /** Reads tokens and white space from `at`; `open` means that more text may belong to them. */
  const readRun = (at: number): { end: number; found: string[]; open: boolean } => {
    const found: string[] = [];
    let end = at;
    for (;;) {
      const space = /^\s*/.exec(buffer.slice(end))?.[0].length ?? 0;
      const rest = buffer.slice(end + space);
      if (rest === '') return { end: end + space, found, open: true };
      const token = tokens.find((known) => rest.startsWith(known));
      if (token === undefined) return { end: end + space, found, open: tokens.some((known) => known.startsWith(rest)) };
      found.push(token);
      end += space + token.length;
    }
  };

  const read = (last: boolean): string => {
    let out = '';
    while (buffer !== '') {
      const at = buffer.indexOf('<|');
      if (at === -1) {
        const keep = !last && buffer.endsWith('<') ? 1 : 0;
        out += buffer.slice(0, buffer.length - keep);
        buffer = buffer.slice(buffer.length - keep);
        break;
      }
      const before = buffer.slice(0, at);
      out += before;
      buffer = buffer.slice(at);
      if (out.trim() !== '') started = true;
      const { end, found, open } = readRun(0);
      if (open && !last) break;
      const atEnd = last && end === buffer.length;
      const isLeak =
        found.length > 0 &&
        ((!started && starts.includes(found.at(-1) as string)) ||
          (atEnd && ends.includes(found[0] as string)) ||
          (ends.includes(found[0] as string) && starts.includes(found.at(-1) as string)));
      if (isLeak) trimmed += found.length;
      else out += buffer.slice(0, found.length === 0 ? 2 : end);
      buffer = buffer.slice(found.length === 0 ? 2 : end);
    }
    if (out.trim() !== '') started = true;
    return out;
  };

  return {
    push(text) {
      buffer += text;
      return read(false);
    },
    end: () => read(true),
    get trimmed() {
      return trimmed;
    },
  };
}
