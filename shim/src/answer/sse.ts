/** One server-sent event. */
export interface SseEvent {
  /** Name of the `event:` field; '' when there is none. */
  readonly event: string;
  /** `data:` lines joined by a line feed. */
  readonly data: string;
}

/** Reads server-sent events from bytes cut anywhere. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface SseReader {
  /** Takes bytes and returns the events they complete. */
  push(bytes: Uint8Array): SseEvent[];
  /** Ends the input: an event whose closing blank line is missing still counts, because servers do close so. */
  end(): SseEvent[];
}

/** Starts a reader. It copes with any byte split, CR, LF and CRLF, a byte order mark, comments and lines of any length. */
export function createSseReader(): SseReader {
  const decoder = new TextDecoder();
  let pending: string[] = [];
  let skipLineFeed = false;
  let event = '';
  let data: string[] = [];

  const takeLine = (line: string, out: SseEvent[]): void => {
    if (line === '') {
      if (data.length > 0) out.push({ event, data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    if (line.startsWith(':')) return;
    // Ollama breaks off with a bare JSON line, which is no field of the format and would get lost.
    if (line.startsWith('{')) {
      out.push({ event, data: line });
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  };

  const takeText = (text: string, out: SseEvent[]): void => {
    let start = 0;
    if (skipLineFeed && text !== '') {
      if (text[0] === '\n') start = 1;
      skipLineFeed = false;
    }
    // Separate searches: one pass per kind of line end keeps a long line without any linear.
    let lineFeed = text.indexOf('\n', start);
    let carriage = text.indexOf('\r', start);
    while (lineFeed !== -1 || carriage !== -1) {
      const byCarriage = carriage !== -1 && (lineFeed === -1 || carriage < lineFeed);
      const end = byCarriage ? carriage : lineFeed;
      pending.push(text.slice(start, end));
      const line = pending.length === 1 ? (pending[0] ?? '') : pending.join('');
      pending = [];
      takeLine(line, out);
      start = end + 1;
      if (byCarriage && lineFeed === start) start += 1;
      else if (byCarriage && start === text.length) skipLineFeed = true;
      if (lineFeed !== -1 && lineFeed < start) lineFeed = text.indexOf('\n', start);
      if (carriage !== -1 && carriage < start) carriage = text.indexOf('\r', start);
    }
    if (start < text.length) pending.push(text.slice(start));
  };

  return {
    push(bytes) {
      const out: SseEvent[] = [];
      takeText(decoder.decode(bytes, { stream: true }), out);
      return out;
    },
    end() {
      const out: SseEvent[] = [];
      takeText(decoder.decode(), out);
      takeLine(pending.join(''), out);
      pending = [];
      takeLine('', out);
      return out;
    },
  };
}

/** Writes one event that has only data. */
export function encodeSse(data: string): string {
  return `data: ${data}\n\n`;
}
