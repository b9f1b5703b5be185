import { isObject, parseJson } from '../json.ts';
import type { StreamEvent } from './stream-rules.ts';

/** Reads the events of a Responses stream's text. */
export function readResponsesEvents(text: string): StreamEvent[] {
  // A byte order mark before the first field belongs to no field. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream, checked 2026-11-25
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n\r\n|\n\n|\r\r/)
    .flatMap((frame) => {
      const name = /^event: ?(.*)$/m.exec(frame)?.[1];
      const data = parseJson([...frame.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n'));
      return isObject(data) ? [{ name, data }] : [];
    });
}
