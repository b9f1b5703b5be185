import type { Terminal } from './terminal.ts';

/** A line on stderr that says what is going on, while somebody watches; it leaves nothing behind. */
export interface Progress {
  readonly say: (text: string) => void;
  readonly end: () => void;
}

/** Opens the line. Where stdout is no terminal, nothing is printed. */
export function openProgress({ screen, err, colors }: Pick<Terminal, 'screen' | 'err' | 'colors'>): Progress {
  if (!screen) return { say: () => {}, end: () => {} };
  let isShown = false;
  return {
    say: (text) => {
      isShown = true;
      err(`\r\x1b[K${colors.dim(text)}`);
    },
    end: () => {
      if (isShown) err('\r\x1b[K');
      isShown = false;
    },
  };
}
