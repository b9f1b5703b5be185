import type { Dialect } from '../dialect.ts';
import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { type ChatChunk, type FinishReason, isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';
import { createChoice } from './choice.ts';
import { dropExtras, noteMissingUsage, readEnvelope, readUsage, sumUsage } from './envelope.ts';
import { noteCutPrompt } from './prompt-cut.ts';
import { adaptLogprobs } from './logprobs.ts';

/** Brings a whole chat answer into OpenAI's shape by the same rules as a stream. Throws a `Refusal` when it is no answer. */
export function normaliseCompletion(answer: unknown, plan: ChatPlan, dialect: Dialect, report: Report): WireObject {
  if (!isObject(answer) || !Array.isArray(answer['choices']))
    throw refuseAnswer(
      `the endpoint answered ${JSON.stringify(answer)?.slice(0, 120)}, which has no choices`,
      'invalid_answer',
    );
  const usage = readUsage(answer['usage']);
  if (usage === undefined) noteMissingUsage(report);
  noteCutPrompt(usage, plan.promptWords, dialect, report);
  return {
    ...omitKeys(answer, ['usage', ...dropExtras(answer, dialect, report)]),
    ...readEnvelope(answer, plan, report),
    object: 'chat.completion',
    choices: answer['choices'].map((choice, index) => normaliseChoice(choice, index, plan, dialect, report)),
    ...(usage === undefined ? {} : { usage }),
  };
}

function normaliseChoice(
  choice: unknown,
  position: number,
  plan: ChatPlan,
  dialect: Dialect,
  report: Report,
): WireObject {
  if (!isObject(choice) || !isObject(choice['message']))
    throw refuseAnswer(`choice ${position} of the answer has no message`, 'invalid_answer');
  const where = `response.choices[${position}]`;
  const state = createChoice(where, plan, dialect, report, true);
  const calls = choice['message']['tool_calls'];
  // In a whole answer a call's place in the list is its index, whatever it says.
  const placed = Array.isArray(calls)
    ? { tool_calls: calls.map((call, index) => (isObject(call) ? { ...call, index } : call)) }
    : {};
  let given = choice['finish_reason'];
  if (isAbsent(given) || given === '') {
    given = 'stop';
    report.add({
      code: 'finish-reason-missing',
      severity: 'lossy',
      where: `${where}.finish_reason`,
      what: 'sent as "stop"',
      why: 'the endpoint gave no reason, so whether the answer is whole is not known',
      fix: '',
    });
  }
  const delta = state.accept({ ...choice['message'], ...placed }, given);
  const { reason, missing } = state.finish(given);
  const pieces = [...(Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : []), ...missing];
  return {
    ...choice,
    index: typeof choice['index'] === 'number' ? choice['index'] : position,
    message: closeMessage(delta, pieces),
    finish_reason: reason,
    logprobs: adaptLogprobs(choice['logprobs'], plan, dialect, report),
  };
}

/** Puts normalised chunks together to the answer a caller without `stream` gets. */
export function assembleCompletion(chunks: readonly ChatChunk[]): WireObject {
  interface Parts {
    message: Record<string, unknown>;
    pieces: unknown[];
    reason: FinishReason | null;
    logprobs: unknown;
  }
  const choices = new Map<number, Parts>();
  let head: WireObject = {};
  let usage: unknown;
  for (const chunk of chunks) {
    if (Object.keys(head).length === 0) head = omitKeys({ ...chunk }, ['choices', 'usage']);
    usage = chunk.usage ?? usage;
    for (const { index, delta, finish_reason: reason, logprobs } of chunk.choices) {
      const parts = choices.get(index) ?? { message: {}, pieces: [], reason: null, logprobs: null };
      choices.set(index, parts);
      for (const [key, value] of Object.entries(delta)) {
        const held = parts.message[key];
        if (key === 'tool_calls' && Array.isArray(value)) parts.pieces.push(...value);
        else
          parts.message[key] = typeof held === 'string' && typeof value === 'string' ? held + value : (value ?? held);
      }
      parts.reason = reason ?? parts.reason;
      if (isObject(logprobs)) parts.logprobs = joinLogprobs(parts.logprobs, logprobs);
    }
  }
  return {
    ...head,
    object: 'chat.completion',
    choices: [...choices]
      .sort(([a], [b]) => a - b)
      .map(([index, { message, pieces, reason, logprobs }]) => ({
        index,
        message: closeMessage(message, pieces),
        finish_reason: reason,
        logprobs,
      })),
    ...(isAbsent(usage) ? {} : { usage }),
  };
}

/** Cuts a whole answer into the chunks of a stream: role, content, calls, finish, usage. */
export function splitCompletion(answer: WireObject): ChatChunk[] {
  const shared = {
    id: String(answer['id']),
    object: 'chat.completion.chunk' as const,
    created: Number(answer['created']),
    model: String(answer['model']),
  };
  const choices = (answer['choices'] as readonly WireObject[]).flatMap((choice): ChatChunk[] => {
    const index = Number(choice['index']);
    const message = choice['message'] as WireObject;
    const calls = Array.isArray(message['tool_calls'])
      ? message['tool_calls'].map((call: WireObject, at) => ({ index: at, ...call }))
      : undefined;
    const delta = { ...message, ...(calls === undefined ? {} : { tool_calls: calls }) };
    return [
      { ...shared, choices: [{ index, delta, finish_reason: null, logprobs: choice['logprobs'] }] },
      {
        ...shared,
        choices: [{ index, delta: {}, finish_reason: choice['finish_reason'] as FinishReason, logprobs: null }],
      },
    ];
  });
  const { usage, moderation } = answer;
  return [
    ...choices,
    ...(isObject(usage) ? [{ ...shared, choices: [], usage }] : []),
    ...(isObject(moderation) ? [{ ...shared, choices: [], moderation }] : []),
  ];
}

/** Makes one answer with several choices of several answers with one. */
export function joinCompletions(answers: readonly WireObject[]): WireObject {
  const usage = sumUsage(answers.map((answer) => answer['usage']).filter(isObject));
  const choices = answers.flatMap((answer) => answer['choices'] as readonly WireObject[]);
  return {
    ...answers[0],
    choices: choices.map((choice, index) => ({ ...choice, index })),
    ...(usage === undefined ? {} : { usage }),
  };
}

function closeMessage(message: WireObject, pieces: readonly unknown[]): WireObject {
  const calls: Array<{ id: string; type: string; function: { name: string; arguments: string } }> = [];
  for (const piece of pieces.filter(isObject)) {
    const held = piece['function'] as { readonly name?: string; readonly arguments: string };
    const call = calls[Number(piece['index'])];
    if (call === undefined)
      calls.push({
        id: String(piece['id']),
        type: 'function',
        function: { name: held.name ?? '', arguments: held.arguments },
      });
    else call.function.arguments += held.arguments;
  }
  const content = message['content'] ?? null;
  return {
    ...message,
    role: 'assistant',
    content,
    refusal: message['refusal'] ?? null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function joinLogprobs(held: unknown, more: WireObject): WireObject {
  if (!isObject(held)) return more;
  const join = (key: string): unknown =>
    Array.isArray(held[key]) || Array.isArray(more[key])
      ? [...((held[key] as unknown[] | null) ?? []), ...((more[key] as unknown[] | null) ?? [])]
      : null;
  return { content: join('content'), refusal: join('refusal') };
}
