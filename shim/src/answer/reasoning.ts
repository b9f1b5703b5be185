/** A piece of text, told apart. */
interface SplitText {
  readonly content: string;
  readonly reasoning: string;
}

/** Takes the reasoning between `<think>` and `</think>` out of the text of one choice, piece by piece. */
export interface ThinkSplitter {
  push(text: string): SplitText;
  end(): SplitText;
  /** A closing tag came whose opening one the model's template has kept: the reasoning went out as content. */
  readonly stray: boolean;
}

const open = '<think>';
const close = '</think>';

/** Starts a splitter. Only a tag at the very start opens: later ones are text about tags. `whole` says that the text comes in one piece, so that a closing tag alone can be used. */
export function createThinkSplitter(whole: boolean): ThinkSplitter {
  let mode: 'start' | 'thinking' | 'after' | 'content' = 'start';
  let buffer = '';
  let tail = '';
  let stray = false;
  /** No reasoning has gone out yet: the line break behind the opening tag is part of the tag. */
  let fresh = false;

  const read = (): SplitText => {
    let content = '';
    let reasoning = '';
    if (mode === 'start') {
      const text = buffer.trimStart();
      if (text.startsWith(open)) {
        mode = 'thinking';
        buffer = text.slice(open.length);
        fresh = true;
      } else if (whole && text.includes(close)) mode = 'thinking';
      else if (!open.startsWith(text)) mode = 'content';
    }
    if (mode === 'thinking') {
      if (fresh && buffer !== '') {
        buffer = buffer.replace(/^\n/, '');
        fresh = false;
      }
      const at = buffer.indexOf(close);
      const partial = at === -1 ? countPartial(buffer, close) : 0;
      // The line break before the closing tag is part of the tag.
      const keep = at === -1 && buffer[buffer.length - partial - 1] === '\n' ? partial + 1 : partial;
      reasoning = at === -1 ? buffer.slice(0, buffer.length - keep) : buffer.slice(0, at).replace(/\n$/, '');
      buffer = at === -1 ? buffer.slice(buffer.length - keep) : buffer.slice(at + close.length);
      if (at !== -1) mode = 'after';
    }
    if (mode === 'after') {
      buffer = buffer.trimStart();
      if (buffer !== '') mode = 'content';
    }
    if (mode === 'content') {
      content = buffer;
      buffer = '';
      stray ||= (tail + content).includes(close);
      tail = (tail + content).slice(-(close.length - 1));
    }
    return { content, reasoning };
  };

  return {
    push(text) {
      buffer += text;
      return read();
    },
    end() {
      const rest = buffer;
      buffer = '';
      return mode === 'thinking' ? { content: '', reasoning: rest } : { content: rest, reasoning: '' };
    },
    get stray() {
      return stray;
    },
  };
}

/** How many characters at the end of a text may be the beginning of a word. */
function countPartial(text: string, word: string): number {
  for (let length = Math.min(text.length, word.length - 1); length > 0; length -= 1)
    if (word.startsWith(text.slice(text.length - length))) return length;
  return 0;
}
