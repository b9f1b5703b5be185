/**
 * A Vue, Svelte or Astro file as a script: everything outside its script blocks becomes blanks, so that offsets stay.
 * Any other file is returned as it is.
 * @returns the name to parse it under and the text to parse.
 */
export function maskComponent(file: string, text: string): { name: string; code: string } {
  if (file.endsWith('.astro')) return maskAstro(file, text);
  if (!/\.(?:vue|svelte)$/.test(file)) return { name: file, code: text };
  const blocks = [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)].filter(
    (block) => !/\bsrc\s*=/.test(block[1] ?? ''),
  );
  const spans = blocks.map((block) => {
    const start = block.index + block[0].indexOf('>', '<script'.length + (block[1] ?? '').length) + 1;
    return { start, end: start + (block[2] ?? '').length };
  });
  const jsx = blocks.some((block) => /\blang\s*=\s*['"]?(?:tsx|jsx)/.test(block[1] ?? ''));
  return { name: `${file}.${jsx ? 'tsx' : 'ts'}`, code: keepOnly(text, spans) };
}

function maskAstro(file: string, text: string): { name: string; code: string } {
  const front = /^\s*---[ \t]*\r?\n([\s\S]*?)\r?\n---/.exec(text);
  const spans = front === null ? [] : [{ start: front.index + front[0].indexOf('---') + 3, end: front[0].length - 3 }];
  return { name: `${file}.ts`, code: keepOnly(text, spans) };
}

function keepOnly(text: string, spans: ReadonlyArray<{ start: number; end: number }>): string {
  let code = '';
  let last = 0;
  for (const { start, end } of spans) {
    code += blank(text.slice(last, start)) + text.slice(start, end);
    last = end;
  }
  return code + blank(text.slice(last));
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
