import { citeFact, type Dialect, type Fact } from '../dialect.ts';
import type { Report } from '../report.ts';
import { isObject, type WireObject } from '../wire.ts';
import { joinContents, readText } from './content.ts';

type Messages = readonly unknown[];

const roleOf = (message: unknown): unknown => (isObject(message) ? message['role'] : undefined);
const isSystem = (message: unknown): boolean => roleOf(message) === 'system';

/** Sends the roles in the order the endpoint's templates know. Each step is one quirk, noted where it changes something. */
export function adaptRoles(messages: Messages, { chat }: Dialect, report: Report): Messages {
  const steps: ReadonlyArray<readonly [Fact | undefined, (messages: Messages) => Messages, Omit<RoleNote, 'count'>]> = [
    [
      chat.developerRole,
      renameDeveloper,
      { code: 'role-mapped', severity: 'info', what: 'role developer sent as system' },
    ],
    [
      chat.lateSystem,
      moveSystems,
      { code: 'system-moved', severity: 'lossy', what: 'system messages moved to the front' },
    ],
    [chat.singleSystem, mergeSystems, { code: 'system-merged', severity: 'info', what: 'system messages sent as one' }],
    [
      chat.noSystem,
      foldSystem,
      { code: 'system-folded', severity: 'info', what: 'system text sent in the first user message' },
    ],
    [
      chat.alternateTurns,
      mergeTurns,
      { code: 'turns-merged', severity: 'info', what: 'turns of one role in a row sent as one' },
    ],
    [
      chat.userFirst,
      startWithUser,
      { code: 'user-turn-added', severity: 'lossy', what: 'a user turn added before the first assistant turn' },
    ],
  ];
  let out = messages;
  for (const [fact, step, note] of steps) {
    if (fact === undefined) continue;
    const changed = step(out);
    if (changed === out) continue;
    report.add({ ...note, where: 'request.messages', why: citeFact(fact), fix: '' });
    out = changed;
  }
  return out;
}

interface RoleNote {
  readonly code: string;
  readonly severity: 'info' | 'lossy';
  readonly what: string;
}

function renameDeveloper(messages: Messages): Messages {
  if (!messages.some((message) => roleOf(message) === 'developer')) return messages;
  return messages.map((message) =>
    roleOf(message) === 'developer' ? { ...(message as WireObject), role: 'system' } : message,
  );
}

function moveSystems(messages: Messages): Messages {
  const late = messages.slice(countSystems(messages));
  if (!late.some(isSystem)) return messages;
  return [...messages.filter(isSystem), ...messages.filter((message) => !isSystem(message))];
}

function mergeSystems(messages: Messages): Messages {
  const count = countSystems(messages);
  if (count < 2) return messages;
  return [{ role: 'system', content: messages.slice(0, count).map(readText).join('\n\n') }, ...messages.slice(count)];
}

function foldSystem(messages: Messages): Messages {
  const systems = messages.slice(0, countSystems(messages));
  if (systems.length === 0) return messages;
  const rest = messages.slice(systems.length);
  const text = systems.map(readText).join('\n\n');
  const [first, ...more] = rest;
  return roleOf(first) === 'user'
    ? [{ ...(first as WireObject), content: joinContents(text, (first as WireObject)['content']) }, ...more]
    : [{ role: 'user', content: text }, ...rest];
}

/** Calls and their results stay apart: only plain turns can be joined. */
function mergeTurns(messages: Messages): Messages {
  const out: unknown[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    if (isPlainTurn(message) && isPlainTurn(last) && last['role'] === message['role'])
      out[out.length - 1] = { ...last, content: joinContents(last['content'], message['content']) };
    else out.push(message);
  }
  return out.length === messages.length ? messages : out;
}

function startWithUser(messages: Messages): Messages {
  const start = countSystems(messages);
  if (roleOf(messages[start]) !== 'assistant') return messages;
  return [
    ...messages.slice(0, start),
    { role: 'user', content: '(The conversation starts here.)' },
    ...messages.slice(start),
  ];
}

function countSystems(messages: Messages): number {
  const first = messages.findIndex((message) => !isSystem(message));
  return first === -1 ? messages.length : first;
}

function isPlainTurn(message: unknown): message is WireObject {
  if (!isObject(message)) return false;
  return (
    message['role'] === 'user' ||
    (message['role'] === 'assistant' && message['tool_calls'] === undefined && message['function_call'] === undefined)
  );
}
