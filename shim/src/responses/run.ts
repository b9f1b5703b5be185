import type { Call } from '../call.ts';
import { splitCompletion } from '../answer/completion.ts';
import type { ChatAnswer } from '../emulate/ladder.ts';
import { askWatched } from '../guard/chat.ts';
import { Refusal } from '../refusal.ts';
import { isObject, parseJson, type WireObject } from '../wire.ts';
import type { FinishedCall } from './call-events.ts';
import type { ResponseEvent } from './event.ts';
import type { ResponseWriter } from './events.ts';
import type { ResponsesRequest } from './request.ts';
import type { ToolOffer } from './tools.ts';
import { dropOldest } from './truncate.ts';

/** A chat request whose answer becomes a response, over as many rounds as built-in tools are called. */
export interface Run {
  readonly call: Call;
  readonly request: ResponsesRequest;
  readonly offer: ToolOffer;
  readonly writer: ResponseWriter;
  /** The chat request of the first round. */
  readonly chat: WireObject;
  /** Keeps the finished response before anyone hears that it is finished. */
  readonly keep: () => Promise<void>;
}

/** Asks the endpoint by chat. Under `truncation: "auto"` a history that is too long loses its oldest turns. Throws a `Refusal` in the words of Responses. */
export async function askRound(
  { call, request }: Pick<Run, 'call' | 'request'>,
  chat: WireObject,
): Promise<ChatAnswer> {
  let body = chat;
  for (;;) {
    try {
      return await askWatched({ ...call, endpoint: 'chat.completions', path: '/chat/completions', body });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const shorter =
        request.mayTruncate && error.error.code === 'context_length_exceeded'
          ? dropOldest(body['messages'] as readonly WireObject[])
          : undefined;
      if (shorter === undefined) throw inOurWords(error);
      call.report.add({
        code: 'history-truncated',
        severity: 'lossy',
        where: 'request.input',
        what: 'the oldest turns left out',
        why: 'the history is longer than the model’s context, and truncation is "auto"',
        fix: '',
      });
      body = { ...body, messages: shorter };
    }
  }
}

/** A run under way. */
interface Following {
  /** From the first round's answer to the response's end; throws a `Refusal` for what breaks on the way. */
  readonly events: AsyncGenerator<readonly ResponseEvent[], void, void>;
  /** Frees the connection of whichever round is under way when nobody reads on. */
  readonly stop: () => void;
}

/** Follows a response from the first round's answer. */
export function followRun(run: Run, first: ChatAnswer): Following {
  let open: ChatAnswer = first;
  let left = false;
  const stop = (): void => {
    left = true;
    if ('chunks' in open) open.stop();
  };
  const next = async (body: WireObject): Promise<ChatAnswer | undefined> => {
    if (left) return undefined;
    open = await askRound(run, body);
    // Whoever read may have left while the round was asked for.
    if (left) stop();
    return left ? undefined : open;
  };
  return { events: followRounds(run, first, next), stop };
}

async function* followRounds(
  run: Run,
  first: ChatAnswer,
  next: (body: WireObject) => Promise<ChatAnswer | undefined>,
): AsyncGenerator<readonly ResponseEvent[], void, void> {
  const { writer, request, offer, call } = run;
  yield writer.begin();
  let answer = first;
  let body = run.chat;
  let ran = 0;
  for (;;) {
    for await (const batch of chunksOf(answer)) {
      const events = batch.flatMap((chunk) => writer.push(chunk));
      if (events.length > 0) yield events;
    }
    const { events, calls } = writer.endRound();
    yield events;
    if (calls.length === 0) break;
    if (writer.awaitsApp) {
      call.report.add({
        code: 'built-in-call-skipped',
        severity: 'lossy',
        where: 'response.output',
        what: `calls of ${calls.map(({ name }) => name).join(', ')} not run`,
        why: 'the model called functions of the app in the same turn, and it is the app’s turn first',
        fix: 'The model may call again once it has the outputs; parallel_tool_calls: false keeps calls apart',
      });
      break;
    }
    const outputs: WireObject[] = [];
    for (const made of calls) {
      const allowed = request.maxToolCalls === undefined || ran < request.maxToolCalls;
      ran += 1;
      const { output, item } = allowed
        ? await runBuiltIn(made, offer, call)
        : { output: 'The limit of tool calls is reached: answer with what you have.', item: undefined };
      if (item !== undefined) yield writer.addItem(item);
      outputs.push({ role: 'tool', tool_call_id: made.id, content: output });
    }
    const said: WireObject = {
      role: 'assistant',
      content: null,
      tool_calls: calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args } })),
    };
    const messages = [...(body['messages'] as readonly WireObject[]), said, ...outputs];
    // A choice that demanded this call would demand it for ever.
    body = { ...body, messages, ...(body['tool_choice'] === undefined ? {} : { tool_choice: 'auto' }) };
    const further = await next(body);
    if (further === undefined) return;
    answer = further;
  }
  const ending = writer.complete();
  await run.keep();
  yield ending;
}

async function* chunksOf(answer: ChatAnswer) {
  if ('chunks' in answer) yield* answer.chunks;
  else yield splitCompletion(answer.completion);
}

async function runBuiltIn(
  { name, args }: FinishedCall,
  { builtIn }: ToolOffer,
  call: Call,
): Promise<{ readonly output: string; readonly item: WireObject & { readonly type: string } }> {
  const { tool, hook } = builtIn.get(name) as NonNullable<ReturnType<ToolOffer['builtIn']['get']>>;
  const type = `${name.replace(/_preview$/, '')}_call`;
  try {
    const value = parseJson(args);
    if (!isObject(value)) throw new Error(`its arguments are no JSON object: ${args.slice(0, 80)}`);
    const { output, item } = await hook.run(value, { tool, signal: call.signal });
    return { output, item: { ...item, type, status: 'completed' } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    call.report.add({
      code: 'built-in-tool-failed',
      severity: 'lossy',
      where: 'response.output',
      what: `the call of ${name} failed: ${message}`,
      why: 'its hook threw',
      fix: `See migrate.responses.builtInTools.${name}`,
    });
    return { output: `The tool failed: ${message}`, item: { type, status: 'failed' } };
  }
}

/** Names of chat's parameters in Responses. */
const names: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  messages: 'input',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
};

/** An error of the chat endpoint as OpenAI's Responses say it: its parameters by their names here, an unknown model with 400. */
function inOurWords({ status, error, headers }: Refusal): Refusal {
  const param = error.param === null ? null : (names[error.param] ?? error.param.replace(/^messages/, 'input'));
  return error.code === 'model_not_found'
    ? new Refusal(400, { ...error, type: 'invalid_request_error', param: 'model' }, headers)
    : new Refusal(status, { ...error, param }, headers);
}
