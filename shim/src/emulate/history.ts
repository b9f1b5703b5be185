import { isObject, omitKeys, parseJson, type WireObject } from '../wire.ts';

/**
 * Writes earlier calls and their results as text, for a model whose template knows neither: calls in the form it is told to write them,
 * results as the user's next message. `replies` says that its answers in words have a form as well.
 */
export function renderHistory(messages: unknown, replies: boolean): unknown {
  if (!Array.isArray(messages)) return messages;
  const names = new Map<unknown, string>();
  const out: unknown[] = [];
  let results: string[] = [];
  const flush = (): void => {
    if (results.length > 0) out.push({ role: 'user', content: results.join('\n\n') });
    results = [];
  };
  for (const message of messages as readonly unknown[]) {
    if (isObject(message) && message['role'] === 'tool') {
      const name = names.get(message['tool_call_id']);
      results.push(
        `Result of ${name === undefined ? 'the call' : `the call of ${name}`}:\n${readText(message['content'])}`,
      );
      continue;
    }
    // A result and the user's words after it are one turn: many templates want the roles to alternate.
    if (
      results.length > 0 &&
      isObject(message) &&
      message['role'] === 'user' &&
      typeof message['content'] === 'string'
    ) {
      out.push({ ...message, content: [...results, message['content']].join('\n\n') });
      results = [];
      continue;
    }
    flush();
    out.push(isObject(message) && message['role'] === 'assistant' ? renderAnswer(message, names, replies) : message);
  }
  flush();
  return out;
}

function renderAnswer(message: WireObject, names: Map<unknown, string>, replies: boolean): WireObject {
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : [];
  const text = readText(message['content']);
  const lines = calls.flatMap((call) => {
    const held = isObject(call['function']) ? call['function'] : {};
    const name = String(held['name'] ?? '');
    names.set(call['id'], name);
    const args = typeof held['arguments'] === 'string' ? parseJson(held['arguments']) : held['arguments'];
    return [JSON.stringify({ name, parameters: args ?? {} })];
  });
  if (calls.length === 0 && !replies) return message;
  const words = text === '' || calls.length > 0 ? text : JSON.stringify({ reply: text });
  return {
    ...omitKeys(message, ['tool_calls', 'content']),
    content: [words, ...lines].filter((part) => part !== '').join('\n'),
  };
}

function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === null || content === undefined ? '' : JSON.stringify(content);
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}
