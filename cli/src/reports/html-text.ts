import { redactKeys } from '@migrate-llm/codemods';
import { html } from '@migrate-llm/compat-tests/reports';

const longestLine = 400;

/** A line of somebody's code as HTML: keys taken out, and no more of a minified line than helps. */
export function codeLine(line: string): string {
  const safe = redactKeys(line.endsWith('\r') ? line.slice(0, -1) : line);
  return html(safe.length > longestLine ? `${safe.slice(0, longestLine)} … (${safe.length - longestLine} more)` : safe);
}
