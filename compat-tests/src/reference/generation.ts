import type { Limits } from './chat-request.ts';
import { answerByScript, type Reply, type Talk } from './script.ts';
import { countTokens, splitTokens } from './tokens.ts';

/** One answer of the scripted model, cut where the request says. */
export interface Generation {
  readonly tokens: readonly string[];
  readonly calls: Reply['calls'];
  readonly finish: 'stop' | 'length' | 'tool_calls';
  /** Tokens it took, those of calls with it. */
  readonly size: number;
}

/** Lets the script answer and cuts the answer: at a stop sequence, and where tokens end. */
export function generate(talk: Talk, { maxTokens, stop }: Limits): Generation {
  const reply = answerByScript(talk);
  if (reply.calls.length > 0) return cutCalls(reply.calls, maxTokens);
  const ends = stop.map((one) => reply.text.indexOf(one)).filter((at) => at !== -1);
  const text = ends.length === 0 ? reply.text : reply.text.slice(0, Math.min(...ends));
  const tokens = splitTokens(text);
  const cut = tokens.length > maxTokens;
  const kept = cut ? tokens.slice(0, maxTokens) : tokens;
  return { tokens: kept, calls: [], finish: cut ? 'length' : 'stop', size: Math.max(1, kept.length) };
}

/** Tokens a call takes beside its arguments. */
const callTokens = 5;

function cutCalls(calls: Reply['calls'], maxTokens: number): Generation {
  const kept: Array<Reply['calls'][number]> = [];
  let left = maxTokens;
  for (const call of calls) {
    const size = callTokens + countTokens(call.arguments);
    if (size > left) {
      // What does not fit is cut in the middle of its arguments, or not begun.
      const args = splitTokens(call.arguments)
        .slice(0, Math.max(0, left - callTokens))
        .join('');
      if (args !== '') kept.push({ ...call, arguments: args });
      return { tokens: [], calls: kept, finish: 'length', size: maxTokens };
    }
    left -= size;
    kept.push(call);
  }
  return {
    tokens: [],
    calls: kept,
    finish: 'tool_calls',
    size: maxTokens === Number.POSITIVE_INFINITY ? sizeOf(calls) : maxTokens - left,
  };
}

function sizeOf(calls: Reply['calls']): number {
  return calls.reduce((sum, call) => sum + callTokens + countTokens(call.arguments), 0);
}
