import { isObject, type WireObject } from '../wire.ts';

/** Adds an instruction to a request: to its first system message, or as one. */
export function addInstruction(body: WireObject, text: string): WireObject {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as readonly unknown[]) : [];
  const [first, ...rest] = messages;
  if (!isObject(first) || (first['role'] !== 'system' && first['role'] !== 'developer'))
    return { ...body, messages: [{ role: 'system', content: text }, ...messages] };
  const { content } = first;
  const joined = Array.isArray(content)
    ? [...content, { type: 'text', text: `\n\n${text}` }]
    : [content, text].filter((part) => typeof part === 'string' && part !== '').join('\n\n');
  return { ...body, messages: [{ ...first, content: joined }, ...rest] };
}

/** Shows the model what it wrote and what is wrong with it, for another try. */
export function addCorrection(body: WireObject, said: string, text: string): WireObject {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as readonly unknown[]) : [];
  const turn = said.trim() === '' ? [] : [{ role: 'assistant', content: said }];
  return { ...body, messages: [...messages, ...turn, { role: 'user', content: text }] };
}
