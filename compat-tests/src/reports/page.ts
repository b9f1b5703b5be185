import { createHash } from 'node:crypto';
import { style as baseStyle } from './style.ts';
import { html, isControl } from './text.ts';
import { themeScript } from './theme.ts';

/** What a page is made of. */
export interface Page {
  readonly title: string;
  /** Rules on top of the shared ones. */
  readonly style?: string;
  /** What the page runs; it may use `data` (the island, parsed), `$` (one element), `all` (a list) and nothing of the network. */
  readonly script?: string;
  /** What the script reads; anything JSON can hold, with any text in it. */
  readonly data?: unknown;
  /** The body, already HTML; every text in it went through `html`. It must hold an element with the id `content`. */
  readonly body: string;
}

/**
 * One HTML file that works from disk: no network, nothing runs but the script whose hash the page names; dark and light,
 * by the reader's system or by the button.
 */
export function writePage({ title, style = '', script = '', data, body }: Page): string {
  const code = `'use strict';\n${themeScript}${data === undefined ? '' : "const data = JSON.parse(document.getElementById('data').textContent);\n"}${script}`;
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(title)}</title>
<style>${baseStyle}${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<button id="theme" type="button" hidden>Theme</button>
${body}
${data === undefined ? '' : `<script type="application/json" id="data">${writeIsland(data)}</script>\n`}<script>${code}</script>
</body>
</html>
`;
}

/** JSON that no text in it can end, and that reads in an editor as it stands: markup and control characters are written as escapes. */
export function writeIsland(data: unknown): string {
  return [...JSON.stringify(data)]
    .map((sign) =>
      /[<>&]/.test(sign) || isControl(sign) ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}` : sign,
    )
    .join('');
}
