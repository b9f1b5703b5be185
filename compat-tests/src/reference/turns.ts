import { isObject, readObjects } from '../json.ts';
import { readImageColour } from './image.ts';
import { refuseAbsence, refuseType, refuseValue, Refusal } from './refusal.ts';
import type { Turn } from './script.ts';

const roles = ['system', 'developer', 'assistant', 'user', 'function', 'tool'];

/** Reads the messages of a chat request as turns. @throws {Refusal} for messages OpenAI refuses. */
export function readTurns(messages: readonly unknown[]): Turn[] {
  let open: Set<string> | undefined;
  const turns = messages.map((message, at): Turn => {
    const param = `messages[${at}]`;
    if (!isObject(message)) throw refuseType(param, 'an object', message);
    const { role, content, tool_calls: calls, tool_call_id: id } = message;
    if (role === undefined) throw refuseAbsence(`${param}.role`);
    if (typeof role !== 'string')
      throw refuseType(`${param}.role`, 'one of system, assistant, user, function, tool, or developer', role);
    if (!roles.includes(role))
      throw refuseValue(
        `Invalid value: '${role}'. Supported values are: ${roles.map((one) => `'${one}'`).join(', ')}.`,
        `${param}.role`,
      );
    if (role === 'tool') {
      if (!open?.delete(String(id)))
        throw new Refusal(
          400,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `${param}.role`,
        );
    } else if (open !== undefined && open.size > 0) throw refuseOpenCalls(open, param);
    const ids = readObjects(calls).map((call) => String(call['id']));
    if (role !== 'tool' || ids.length > 0) open = new Set(ids);
    if ((content === null || content === undefined) && ids.length === 0 && !isObject(message['function_call'])) {
      if (content === null && role === 'assistant') return { role, text: '' };
      throw content === null
        ? refuseType(`${param}.content`, 'one of a string or array of objects', content)
        : refuseAbsence(`${param}.content`);
    }
    return {
      role: role === 'developer' ? 'system' : role === 'function' ? 'tool' : (role as Turn['role']),
      ...readContent(content, role, `${param}.content`),
    };
  });
  if (open !== undefined && open.size > 0) throw refuseOpenCalls(open, 'messages');
  return turns;
}

function refuseOpenCalls(open: ReadonlySet<string>, param: string): Refusal {
  return new Refusal(
    400,
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    param,
  );
}

function readContent(
  content: unknown,
  role: string,
  param: string,
): { readonly text: string; readonly images?: readonly string[] } {
  if (content === null || content === undefined) return { text: '' };
  if (typeof content === 'string') return { text: content };
  if (!Array.isArray(content)) throw refuseType(param, 'one of a string or array of objects', content);
  const images: string[] = [];
  const texts = content.map((part: unknown, at) => {
    const here = `${param}[${at}]`;
    if (!isObject(part)) throw refuseType(here, 'an object', part);
    if (part['type'] === undefined) throw refuseAbsence(`${here}.type`);
    if (part['type'] === 'text' || part['type'] === 'refusal') return String(part['text'] ?? part['refusal']);
    if (part['type'] !== 'image_url') {
      const known = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'];
      if (!known.includes(String(part['type'])))
        throw refuseValue(
          `Invalid value: '${String(part['type'])}'. Supported values are: ${known.map((one) => `'${one}'`).join(', ')}.`,
          `${here}.type`,
        );
      throw refuseValue(`This model does not support ${String(part['type'])} content.`, param);
    }
    if (role !== 'user')
      throw refuseValue(
        `Invalid 'messages'. Image URLs are only allowed for messages with role 'user', but this message with role '${role}' contains an image URL.`,
        param,
      );
    const { image_url: image } = part;
    if (!isObject(image)) throw refuseType(`${here}.image_url`, 'an object', image);
    images.push(readImageColour(image['url'], `${here}.image_url.url`));
    return '';
  });
  return images.length > 0 ? { text: texts.join(''), images } : { text: texts.join('') };
}
