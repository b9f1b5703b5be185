import { isAbsent, isObject } from '../wire.ts';

/** Reads the text of a message, whole or in parts. */
export function readText(message: unknown): string {
  const content = isObject(message) ? message['content'] : undefined;
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(readPart).join('') : '';
}

/** Joins the contents of two messages: texts with a blank line between, parts one after the other. */
export function joinContents(first: unknown, second: unknown): unknown {
  if (isAbsent(first) || first === '') return second;
  if (isAbsent(second) || second === '') return first;
  if (typeof first === 'string' && typeof second === 'string') return `${first}\n\n${second}`;
  return [...toParts(first), ...toParts(second)];
}

/** Joins a list of text parts to one text; `undefined` where there is other than text. */
export function joinTextParts(content: unknown): string | undefined {
  if (!Array.isArray(content) || !content.every(isTextPart)) return undefined;
  return content.map(readPart).join('\n');
}

function isTextPart(part: unknown): boolean {
  return isObject(part) && part['type'] === 'text' && typeof part['text'] === 'string';
}

function readPart(part: unknown): string {
  return isObject(part) && typeof part['text'] === 'string' ? part['text'] : '';
}

function toParts(content: unknown): readonly unknown[] {
  return Array.isArray(content) ? content : [{ type: 'text', text: String(content) }];
}
