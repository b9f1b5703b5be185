/** Makes any text safe to print: control characters, which a terminal would obey, are shown as escapes. */
export function showControls(text: string): string {
  // oxlint's no-control-regex is about mistakes; here the control characters are the point.
  return [...text].map((sign) => (isControl(sign) ? escapeSign(sign) : sign)).join('');
}

function escapeSign(sign: string): string {
  const known = JSON.stringify(sign).slice(1, -1);
  // JSON leaves DEL and everything above it as it is.
  return known === sign ? `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}` : known;
}

/** Whether a terminal would obey a character instead of showing it; tabs excepted. */
export function isControl(sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0;
  return (code < 32 && code !== 9) || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029 || isBidi(code);
}

/** Marks that reorder the text around them: a name or a line could show as something else. */
function isBidi(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text as HTML text or as a quoted attribute: no markup, no control characters, no marks that reorder a line. */
export function html(text: string): string {
  return showControls(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
