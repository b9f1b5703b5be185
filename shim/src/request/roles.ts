import type { Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import { isObject, omitKeys, type WireObject } from '../wire.ts';

/** Sends roles the endpoint's templates know: `developer` as `system`, several leading system messages as one. */
export function adaptRoles(body: WireObject, { chat }: Dialect, report: Report): WireObject {
  if (!Array.isArray(body['messages'])) return body;
  let messages: readonly unknown[] = body['messages'].map(dropEmptyCalls);
  if (
    chat.developerRole !== undefined &&
    messages.some((message) => isObject(message) && message['role'] === 'developer')
  ) {
    messages = messages.map((message) =>
      isObject(message) && message['role'] === 'developer' ? { ...message, role: 'system' } : message,
    );
    report.add({
      code: 'role-mapped',
      severity: 'info',
      where: 'request.messages',
      what: 'role developer sent as system',
      why: chat.developerRole.because,
      fix: '',
    });
  }
  const leading = messages.findIndex((message) => !isObject(message) || message['role'] !== 'system');
  const count = leading === -1 ? messages.length : leading;
  if (chat.singleSystem !== undefined && count > 1) {
    messages = [
      { role: 'system', content: messages.slice(0, count).map(readText).join('\n\n') },
      ...messages.slice(count),
    ];
    report.add({
      code: 'system-merged',
      severity: 'info',
      where: 'request.messages',
      what: `${count} system messages sent as one`,
      why: chat.singleSystem.because,
      fix: '',
    });
  }
  return { ...body, messages };
}

function dropEmptyCalls(message: unknown): unknown {
  return isObject(message) && Array.isArray(message['tool_calls']) && message['tool_calls'].length === 0
    ? omitKeys(message, ['tool_calls'])
    : message;
}

function readText(message: unknown): string {
  const content = isObject(message) ? message['content'] : undefined;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}
