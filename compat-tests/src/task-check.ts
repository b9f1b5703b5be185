import type { Answer, ToolCall } from './answer.ts';
import type { Check } from './check.ts';
import type { Exchange } from '@migrate-llm/shim/exchange';
import { isObject, type JsonObject, parseJson, quoteText } from './json.ts';
import { nameCallSite } from './prompt.ts';

/** What a task check sees of an answer, the same for a stream and one body. */
export interface TaskAnswer {
  readonly text: string;
  /** The text parsed as JSON; `undefined` when it is none. */
  readonly json: unknown;
  /** Arguments are parsed; `undefined` when they are no JSON. */
  readonly toolCalls: ReadonlyArray<{ readonly name: string; readonly arguments: unknown }>;
  readonly finishReason: string | null;
}

/** A check written by the owner of the app: whether an answer does what it is for. It is asked of both sides' answers, and never compares their words. */
export interface TaskCheck {
  /** Kebab-case; reports call it `task:<name>`. */
  readonly name: string;
  /** Call sites it is for; all when left out. */
  readonly callSites?: readonly string[];
  /** `true` when the answer is good; a text says what is wrong with it. It may look at the recorded answer for what is asked for, e.g. a number. */
  readonly check: (
    answer: TaskAnswer,
    context: { readonly request: JsonObject; readonly recorded: TaskAnswer },
  ) => boolean | string;
}

/** Thrown for a module of task checks that cannot be used; the message says what it must export. */
export class TaskCheckError extends Error {
  override readonly name = 'TaskCheckError';
}

/** Reads the checks of a module: its export `checks`, a list. Throws {@link TaskCheckError}. */
export function readTaskChecks(module: unknown, file: string): TaskCheck[] {
  const list = isObject(module)
    ? (module['checks'] ?? (isObject(module['default']) ? module['default']['checks'] : undefined))
    : undefined;
  if (!Array.isArray(list) || list.length === 0)
    throw new TaskCheckError(`${file} must export a list \`checks\` of {name, check(answer, {request, recorded})}`);
  const names = new Set<string>();
  return list.map((item: unknown, at) => {
    const place = `${file}: checks[${at}]`;
    if (!isObject(item)) throw new TaskCheckError(`${place} is no object`);
    const { name, check, callSites, ...rest } = item;
    const [surplus] = Object.keys(rest);
    if (surplus !== undefined)
      throw new TaskCheckError(`${place} has an unknown key "${surplus}"; known are name, callSites, check`);
    if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name))
      throw new TaskCheckError(`${place}.name must be in kebab-case, e.g. "names-the-order"`);
    if (names.has(name)) throw new TaskCheckError(`${place}.name "${name}" is there twice`);
    names.add(name);
    if (typeof check !== 'function') throw new TaskCheckError(`${place}.check must be a function`);
    if (callSites !== undefined && !(Array.isArray(callSites) && callSites.every((site) => typeof site === 'string')))
      throw new TaskCheckError(`${place}.callSites must be a list of texts`);
    return item as unknown as TaskCheck;
  });
}

/** Asks the task checks of one exchange about both answers. A check that throws has found nothing out: it is said, and counts for neither side. */
export function runTaskChecks(
  checks: readonly TaskCheck[],
  exchange: Exchange,
  { recorded, candidate }: { readonly recorded: Answer; readonly candidate: Answer },
): Check[] {
  const { body } = exchange.request;
  const request = isObject(body) ? body : {};
  const before = readTaskAnswer(recorded);
  return checks
    .filter(({ callSites }) => callSites === undefined || callSites.includes(nameCallSite(exchange)))
    .map(({ name, check: ask }): Check => {
      const check = `task:${name}` as const;
      const judge = (answer: TaskAnswer): boolean | string => ask(answer, { request, recorded: before });
      try {
        const [own, got] = [judge(before), judge(readTaskAnswer(candidate))];
        const head = {
          check,
          recorded: own === true ? 'PASS' : 'FAIL',
          expected: 'an answer that does its task',
        } as const;
        if (got === true) return { ...head, verdict: 'PASS', got: 'it does', why: '', fix: '' };
        return {
          ...head,
          verdict: own === true ? 'FAIL' : 'DIFFERENT',
          got: `${typeof got === 'string' ? got : 'it does not'}: ${quoteText(describeAnswer(candidate))}`,
          why: own === true ? 'OpenAI did the task here' : 'OpenAI did not do the task here either',
          fix: 'read both answers; sharpen the prompt, or choose a better model for this call',
        };
      } catch (error) {
        return {
          check,
          verdict: 'NOT COMPARABLE',
          expected: 'a task check that gives true, false or a text',
          got: `it threw: ${error instanceof Error ? error.message : String(error)}`,
          why: 'nothing is known of this answer',
          fix: `correct the check ${name}`,
        };
      }
    });
}

function readTaskAnswer({ choices }: Answer): TaskAnswer {
  const [choice] = choices;
  const text = choice?.text ?? '';
  return {
    text,
    json: parseJson(text),
    toolCalls: (choice?.toolCalls ?? []).map((call) => ({ name: call.name, arguments: parseJson(call.arguments) })),
    finishReason: choice?.finishReason ?? null,
  };
}

function describeAnswer({ choices }: Answer): string {
  const [choice] = choices;
  const calls = (choice?.toolCalls ?? []).map(({ name, arguments: text }: ToolCall) => `${name}(${text})`);
  return choice?.text || calls.join(' ');
}
