import { refuseRequest } from '../refusal.ts';
import { isObject, type WireObject } from '../wire.ts';
import type { Turn } from './model.ts';

/**
 * Reads the turns that a guard judges from a chat's messages: what users and models said, results of tools as said to the model, the last `count` of them.
 * Instructions of the app count only where nothing else is there. Throws a `Refusal` for content that no guard reads.
 */
export function readTurns(messages: unknown, count: number): readonly Turn[] {
  const all = Array.isArray(messages) ? messages.filter(isObject) : [];
  const isInstruction = ({ role }: WireObject): boolean => role === 'system' || role === 'developer';
  const said = all.filter((message) => !isInstruction(message));
  const turns: Turn[] = [];
  for (const message of said.length > 0 ? said : all) {
    const turn = readTurn(message);
    const last = turns.at(-1);
    if (last?.role === turn.role)
      turns[turns.length - 1] = {
        role: turn.role,
        text: `${last.text}\n\n${turn.text}`,
        images: [...last.images, ...turn.images],
      };
    else turns.push(turn);
  }
  const recent = turns.slice(-count);
  // Guards' templates begin with the user.
  return recent[0]?.role === 'assistant' ? [{ role: 'user', text: '', images: [] }, ...recent] : recent;
}

function readTurn(message: WireObject): Turn {
  const { role, content } = message;
  const texts: string[] = [];
  const images: WireObject[] = [];
  for (const part of Array.isArray(content) ? content.filter(isObject) : [])
    if (typeof part['text'] === 'string') texts.push(part['text']);
    else if (typeof part['refusal'] === 'string') texts.push(part['refusal']);
    else if (part['type'] === 'image_url') images.push(part);
    else
      throw refuseRequest(
        `a guard judges this call, and it reads no content of type ${JSON.stringify(part['type'])}: what nobody looks at is not checked`,
        'messages',
        'unsupported_value',
      );
  if (typeof content === 'string') texts.push(content);
  return role === 'assistant'
    ? { role, text: [...texts, ...writeCalls(message['tool_calls'])].join('\n'), images }
    : { role: 'user', text: texts.join('\n'), images };
}

/** Writes calls as text: what a model hands to a tool is said too. */
export function writeCalls(calls: unknown): readonly string[] {
  return (Array.isArray(calls) ? calls.filter(isObject) : []).map((call) => {
    const said = isObject(call['function']) ? call['function'] : isObject(call['custom']) ? call['custom'] : {};
    return `${String(said['name'] ?? '')}(${String(said['arguments'] ?? said['input'] ?? '')})`;
  });
}
