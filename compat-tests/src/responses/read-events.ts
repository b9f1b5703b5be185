import { isObject, parseJson } from '../json.ts';
import type { StreamEvent } from './stream-rules.ts';

/** Reads the events of a Responses stream's text. */
export function readResponsesEvents(text: string): StreamEvent[] {
  return text.split(/\r?\n\r?\n/).flatMap((frame) => {
    const name = /^event: ?(.*)$/m.exec(frame)?.[1];
    const data = parseJson([...frame.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n'));
    return isObject(data) ? [{ name, data }] : [];
  });
}
