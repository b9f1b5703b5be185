import type { OfferedTool } from '../request/tools.ts';
import { readTextCalls, type TextCall } from './tool-syntax.ts';

/** What a piece of text turned out to be. */
interface ReadText {
  readonly text: string;
  readonly calls: readonly TextCall[];
}

/** Finds tool calls in the text of one choice, piece by piece. It keeps back only what may still become a call. */
export interface ToolTextReader {
  push(text: string): ReadText;
  /** Ends the text: gives out what was kept back, as calls or as text. */
  end(): ReadText;
}

/** Tags that say a call follows, and what ends it. Source: the chat templates of Llama 3, Llama 4 and Hermes; https://github.com/groq/groq-typescript/issues/28, checked 2026-11-23. */
const tags: ReadonlyArray<{ readonly open: string; readonly close: RegExp }> = [
  { open: '<|python_tag|>', close: /<\|eom_id\|>|<\|eot_id\|>/ },
  { open: '<|python_start|>', close: /<\|python_end\|>/ },
  { open: '<function=', close: /<\/function>/ },
  { open: '<tool_call>', close: /<\/tool_call>/ },
];
type Tag = (typeof tags)[number];

/** Starts a reader for the tools a request offered. */
export function createToolTextReader(tools: readonly OfferedTool[]): ToolTextReader {
  let mode: 'start' | 'text' | 'tag' | 'whole' = 'start';
  let buffer = '';
  let tag: Tag | undefined;
  let scan = createScan(0);
  let given = '';
  let called = false;
  let out: { text: string; calls: TextCall[] } = { text: '', calls: [] };

  const give = (text: string): void => {
    // White space and separators between calls are no answer.
    if (called && /^[\s;,]*$/.test(text)) return;
    out.text += text;
    given = (given + text).slice(-4096);
    const parts = (ticks + text).split('```');
    fences += parts.length - 1;
    ticks = /`*$/.exec(parts.at(-1) as string)?.[0] ?? '';
  };
  let fences = 0;
  /** Backticks at the end that may be the beginning of a fence. */
  let ticks = '';
  const giveAll = (next: 'text'): void => {
    const text = buffer;
    buffer = '';
    mode = next;
    give(text);
  };
  const takeCalls = (calls: readonly TextCall[]): void => {
    called = true;
    out.calls.push(...calls);
  };

  /** One step; false when more text is needed. */
  const step = (): boolean => {
    if (buffer === '') return false;
    if (mode === 'start') return stepStart();
    if (mode === 'text') return stepText();
    if (mode === 'tag') return stepTag();
    scan.take(buffer);
    if (!scan.failed) return false;
    giveText();
    return buffer !== '';
  };
  /** A whole answer that is no call after all: its text may still hold tags. */
  const giveText = (): void => {
    mode = 'text';
  };
  const stepStart = (): boolean => {
    const text = buffer.trimStart();
    if (text === '') return false;
    if (tags.some(({ open }) => text.startsWith(open) || open.startsWith(text))) {
      if (!tags.some(({ open }) => text.startsWith(open))) return false;
      mode = 'text';
      return true;
    }
    const start = readStart(text, tools);
    if (start === 'maybe') return false;
    mode = start === 'no' ? 'text' : 'whole';
    if (start !== 'no') scan = createScan(buffer.length - text.length + start);
    return true;
  };
  const stepText = (): boolean => {
    const found = findTag(buffer);
    if (found === undefined) {
      const keep = findPartialTag(buffer);
      give(buffer.slice(0, buffer.length - keep));
      buffer = buffer.slice(buffer.length - keep);
      return false;
    }
    const before = buffer.slice(0, found.at);
    give(before);
    // Someone who explains the syntax writes it in code.
    const quoted = given.endsWith('`') || fences % 2 === 1;
    buffer = buffer.slice(found.at);
    if (quoted) {
      give(found.tag.open);
      buffer = buffer.slice(found.tag.open.length);
    } else {
      mode = 'tag';
      tag = found.tag;
    }
    return true;
  };
  const stepTag = (): boolean => {
    const { open, close } = tag as Tag;
    const inner = buffer.slice(open.length);
    if (!couldBeTagged(open, inner, tools)) {
      give(open);
      buffer = inner;
      mode = 'text';
      return true;
    }
    const end = close.exec(inner);
    if (end === null) return false;
    closeTag(inner.slice(0, end.index), end.index + end[0].length);
    return true;
  };
  const closeTag = (inner: string, length: number): void => {
    const { open } = tag as Tag;
    const calls = readTagged(open, inner, tools);
    if (calls === undefined) give(buffer.slice(0, open.length + length));
    else takeCalls(calls);
    buffer = buffer.slice(open.length + length);
    mode = 'text';
  };
  const flush = (): ReadText => {
    const read = out;
    out = { text: '', calls: [] };
    return read;
  };

  return {
    push(text) {
      buffer += text;
      while (step());
      return flush();
    },
    end() {
      if (mode === 'whole') {
        const calls = readTextCalls(buffer, tools, false);
        if (calls === undefined) mode = 'text';
        else {
          takeCalls(calls);
          buffer = '';
        }
      }
      while (step());
      if (mode === 'tag') closeTag(buffer.slice((tag as Tag).open.length), buffer.length);
      if (buffer !== '') giveAll('text');
      return flush();
    },
  };
}

function findTag(text: string): { readonly at: number; readonly tag: Tag } | undefined {
  let found: { at: number; tag: Tag } | undefined;
  for (const tag of text.includes('<') ? tags : []) {
    const at = text.indexOf(tag.open);
    if (at !== -1 && (found === undefined || at < found.at)) found = { at, tag };
  }
  return found;
}

/** How many characters at the end may be the beginning of a tag. */
function findPartialTag(text: string): number {
  const at = text.lastIndexOf('<');
  if (at === -1) return 0;
  const rest = text.slice(at);
  return tags.some(({ open }) => open.startsWith(rest)) ? rest.length : 0;
}

/** Whether what stands behind an opening tag can still be a call. */
function couldBeTagged(open: string, inner: string, tools: readonly OfferedTool[]): boolean {
  if (open === '<function=') {
    const name = /^[\w.-]*/.exec(inner)?.[0] ?? '';
    return name.length === inner.length
      ? tools.some((tool) => tool.name.startsWith(name))
      : tools.some((tool) => tool.name === name) && /^\s*[>{(]/.test(inner.slice(name.length).replace(/^\s+$/, '>'));
  }
  const first = inner.trimStart()[0];
  return open !== '<tool_call>' || first === undefined || first === '{' || first === '[';
}

function readTagged(open: string, inner: string, tools: readonly OfferedTool[]): readonly TextCall[] | undefined {
  if (open !== '<function=') return readTextCalls(inner, tools, true);
  const [, name = '', args = ''] = /^([\w.-]+)\s*>?\s*([\s\S]*)$/.exec(inner.trim()) ?? [];
  const text = args.trim() === '' ? '{}' : args.trim();
  return readTextCalls(`{"name":${JSON.stringify(name)},"parameters":${text}}`, tools, true);
}

/** Reads how a whole answer begins: where its code starts when it may be calls, `maybe` when too little is there to say. */
function readStart(text: string, tools: readonly OfferedTool[]): 'no' | 'maybe' | number {
  if ('```'.startsWith(text)) return 'maybe';
  let start = 0;
  if (text.startsWith('```')) {
    const fence = /^```([a-z_]*)([^\S\n]*)(\n?)/.exec(text);
    const language = fence?.[1] ?? '';
    const languages = ['', 'json', 'tool_call', 'tool_code', 'python'];
    if (fence?.[3] === '')
      return fence[0].length === text.length && languages.some((known) => known.startsWith(language)) ? 'maybe' : 'no';
    if (fence === null || !languages.includes(language)) return 'no';
    start = fence[0].length;
  }
  const code = text.slice(start).trimStart();
  if (code === '') return 'maybe';
  start = text.length - code.length;
  // Names have no white space, so it can be left out on both sides.
  const compact = code.slice(0, 400).replace(/\s+/g, '');
  const starts = tools.flatMap(({ name }) => {
    const named = `"name":${JSON.stringify(name)}`;
    return [`{${named}`, `[{${named}`, `{"function":${JSON.stringify(name)}`, `[${name}(`];
  });
  for (const more of ['"type":"function"', '"function":{', '"parameters":{', '"arguments":{'])
    starts.push(`{${more}`, `[{${more}`);
  if (starts.some((known) => compact.startsWith(known))) return start;
  return starts.some((known) => known.startsWith(compact)) ? 'maybe' : 'no';
}

/** Follows brackets and quotes: once all are closed only another opening, separators or the end of a fence may come. */
function createScan(start: number) {
  let at = start;
  let depth = 0;
  let quote = '';
  let failed = false;
  const step = (char: string): void => {
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (depth > 0 && (char === '"' || char === "'")) quote = char;
    else if (char === '{' || char === '[' || char === '(') depth += 1;
    else if (char === '}' || char === ']' || char === ')') depth -= 1;
    else if (depth === 0 && !/[\s;,`]/.test(char)) failed = true;
    if (depth < 0) failed = true;
  };
  return {
    /** Reads on in the buffer, which only grows. */
    take(buffer: string): void {
      for (; at < buffer.length; at += 1) {
        if (failed) return;
        step(buffer[at] as string);
      }
    },
    get failed() {
      return failed;
    },
  };
}
