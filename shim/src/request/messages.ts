import { citeFact, type Dialect, type Fact } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';
import { joinTextParts } from './content.ts';
import { adaptRoles } from './roles.ts';

/** Sends messages in the form the endpoint reads: fields, contents, history of calls, roles. Throws a `Refusal`. */
export function adaptMessages(body: WireObject, dialect: Dialect, report: Report): WireObject {
  const given = body['messages'];
  if (!Array.isArray(given)) return body;
  const { chat } = dialect;
  const note = (fact: Fact, code: string, severity: 'info' | 'lossy', field: string, what: string): void =>
    report.add({ code, severity, where: `request.messages[]${field}`, what, why: citeFact(fact), fix: '' });
  let messages: readonly unknown[] = given.map((message) => {
    if (!isObject(message)) return message;
    let out = dropAbsent(message);
    // The name of a tool's answer is OpenAI's old form and needed there.
    if (chat.messageNames !== undefined && 'name' in out && out['role'] !== 'function') {
      note(chat.messageNames, 'message-name-dropped', 'lossy', '.name', 'left out');
      out = omitKeys(out, ['name']);
    }
    if (chat.reasoningHistory !== undefined && ('reasoning' in out || 'reasoning_content' in out)) {
      note(chat.reasoningHistory, 'reasoning-dropped', 'lossy', '.reasoning_content', 'left out of the history');
      out = omitKeys(out, ['reasoning', 'reasoning_content']);
    }
    const joined = chat.textContent === undefined ? undefined : joinTextParts(out['content']);
    if (joined !== undefined && chat.textContent !== undefined) {
      note(chat.textContent, 'text-parts-joined', 'info', '.content', 'text parts sent as one text');
      out = { ...out, content: joined };
    }
    if (chat.nullContent !== undefined && isAbsent(out['content']) && out['tool_calls'] === undefined) {
      note(chat.nullContent, 'null-content-emptied', 'info', '.content', 'null sent as an empty text');
      out = { ...out, content: '' };
    }
    return Array.isArray(out['content']) ? { ...out, content: adaptImages(out['content'], chat, note) } : out;
  });
  if (chat.singleCalls !== undefined) {
    const split = splitCalls(messages);
    if (split.length !== messages.length)
      note(chat.singleCalls, 'calls-split', 'info', '.tool_calls', 'sent as messages of one call each');
    messages = split;
  }
  return { ...body, messages: adaptRoles(messages, dialect, report) };
}

/** Fields of an answer that say nothing, as an app puts them back into its history whole: endpoints refuse some of them. */
function dropAbsent(message: WireObject): WireObject {
  const empty = [
    'refusal',
    'annotations',
    'audio',
    'function_call',
    'tool_calls',
    'reasoning',
    'reasoning_content',
  ].filter(
    (key) => key in message && (isAbsent(message[key]) || (Array.isArray(message[key]) && message[key].length === 0)),
  );
  return empty.length === 0 ? message : omitKeys(message, empty);
}

type NoteTaker = (fact: Fact, code: string, severity: 'info' | 'lossy', field: string, what: string) => void;

function adaptImages(parts: readonly unknown[], chat: Dialect['chat'], note: NoteTaker): readonly unknown[] {
  return parts.map((part) => {
    const image = isObject(part) && part['type'] === 'image_url' ? part['image_url'] : undefined;
    if (!isObject(part) || !isObject(image)) return part;
    if (chat.imageData !== undefined && !/^data:/i.test(String(image['url'])))
      throw refuseRequest(
        `messages: an image_url with an address: ${citeFact(chat.imageData)}. Send the image as a data: URL, or set "images" in the settings to let the shim fetch it.`,
        'messages',
      );
    if (chat.imageDetail === undefined || !('detail' in image)) return part;
    note(chat.imageDetail, 'image-detail-dropped', 'lossy', '.content[].image_url.detail', 'left out');
    return { ...part, image_url: omitKeys(image, ['detail']) };
  });
}

/** Parts a message of several calls: each call is followed by its own answer. The text goes with the first. */
function splitCalls(messages: readonly unknown[]): readonly unknown[] {
  const out: unknown[] = [];
  for (let index = 0; index < messages.length; index += 1) {
    const message = messages[index];
    const calls = isObject(message) ? message['tool_calls'] : undefined;
    if (!isObject(message) || !Array.isArray(calls) || calls.length < 2) {
      out.push(message);
      continue;
    }
    const end = messages.findIndex((next, at) => at > index && !(isObject(next) && next['role'] === 'tool'));
    const answers = messages.slice(index + 1, end === -1 ? undefined : end) as readonly WireObject[];
    const ids = calls.map((call) => (isObject(call) ? call['id'] : undefined));
    for (const [place, call] of calls.entries())
      out.push(
        { ...message, content: place === 0 ? message['content'] : '', tool_calls: [call] },
        ...answers.filter((answer) => answer['tool_call_id'] === ids[place]),
      );
    // An answer to no call is the endpoint's to refuse, not ours to lose.
    out.push(...answers.filter((answer) => !ids.includes(answer['tool_call_id'])));
    index += answers.length;
  }
  return out;
}
