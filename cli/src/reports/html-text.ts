import { redactKeys } from '@migrate-llm/codemods';
import { showName } from '../word.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const longestLine = 400;

/** Any text as HTML text or as a quoted attribute: no markup, no control characters, no marks that reorder a line. */
export function html(text: string): string {
  return showName(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A line of somebody's code as HTML: keys taken out, and no more of a minified line than helps. */
export function codeLine(line: string): string {
  const safe = redactKeys(line.endsWith('\r') ? line.slice(0, -1) : line);
  return html(safe.length > longestLine ? `${safe.slice(0, longestLine)} … (${safe.length - longestLine} more)` : safe);
}
