/**
 * A Vue, Svelte or Astro file as a script: everything outside its script blocks becomes blanks, so that offsets stay.
 * Any other file is returned as it is.
 * @returns the name to parse it under and the text to parse.
 */
export function maskComponent(file: string, text: string): { name: string; code: string } {
  if (file.endsWith('.astro')) return maskAstro(file, text);
  if (!/\.(?:vue|svelte)$/.test(file)) return { name: file, code: text };
  const blocks = findScripts(text);
  const jsx = blocks.some((block) => /\blang\s*=\s*['"]?(?:tsx|jsx)/.test(block.attributes));
  return { name: `${file}.${jsx ? 'tsx' : 'ts'}`, code: keepOnly(text, blocks) };
}

/** The front matter runs on the server, the scripts of the page in the browser; all of them are modules that import. */
function maskAstro(file: string, text: string): { name: string; code: string } {
  const front = /^\s*---[ \t]*\r?\n([\s\S]*?)\r?\n---/.exec(text);
  const spans = front === null ? [] : [{ start: front.index + front[0].indexOf('---') + 3, end: front[0].length - 3 }];
  const after = front?.[0].length ?? 0;
  const scripts = findScripts(text).filter(
    ({ start, attributes }) => start >= after && !/\bis:inline\b|\btype\s*=\s*['"]?application\//.test(attributes),
  );
  return { name: `${file}.ts`, code: keepOnly(text, [...spans, ...scripts]) };
}

interface Script {
  readonly start: number;
  readonly end: number;
  readonly attributes: string;
}

/** The script blocks that hold their code themselves. */
function findScripts(text: string): Script[] {
  return [...text.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi)].flatMap((block) => {
    const [, attributes = '', body = ''] = block;
    if (/\bsrc\s*=/.test(attributes)) return [];
    const start = block.index + '<script'.length + attributes.length + 1;
    return [{ start, end: start + body.length, attributes }];
  });
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
