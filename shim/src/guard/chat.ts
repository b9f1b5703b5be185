import type { ChunkBatches } from '../answer/stream.ts';
import type { Call } from '../call.ts';
import type { ChatAnswer } from '../emulate/ladder.ts';
import { askChat } from '../handlers/ask-chat.ts';
import { type ChatChunk, isObject, omitKeys, type WireObject } from '../wire.ts';
import { holdBack } from './hold.ts';
import type { Turn } from './model.ts';
import { readTurns, writeCalls } from './turns.ts';
import { judgeSide, readWatch, refuseInput, type Watch, writeSide } from './watch.ts';

/** Asks by chat as {@link askChat} does, with the guard before and after where the settings or the call want it. Throws a `Refusal`. */
export async function askWatched(call: Call): Promise<ChatAnswer> {
  const { guard, body } = call;
  if (guard === undefined || body === undefined) return askChat(call);
  const watch = readWatch(guard, body['moderation']);
  // The guard does what the parameter asks for: no endpoint of open models knows it.
  const asked: Call = { ...call, body: omitKeys(body, ['moderation']) };
  if (watch === undefined) return askChat(asked);
  const turns = readTurns(body['messages'], guard.settings.turns);
  const input = await judgeInput(call, watch, turns);
  const answer = await askChat(asked);
  const watched: Watched = { call, watch, turns, input };
  return 'chunks' in answer
    ? { ...answer, chunks: watchChunks(answer, watched, countChoices(body)) }
    : { ...answer, completion: await watchCompletion(answer.completion, watched) };
}

/** A call whose input has passed. */
interface Watched {
  readonly call: Call;
  readonly watch: Watch;
  readonly turns: readonly Turn[];
  /** The input's side of the field `moderation`. */
  readonly input: WireObject | undefined;
}

/** Judges the input; `undefined` where it is not watched. Throws a `Refusal` when it must not go on. */
async function judgeInput(call: Call, watch: Watch, turns: readonly Turn[]): Promise<WireObject | undefined> {
  if (watch.input === 'off' || turns.length === 0) return undefined;
  const judged = await judgeSide(call, watch, 'input', watch.input, [turns]);
  if (judged.some(({ passes }) => !passes)) throw refuseInput(watch);
  return writeSide(judged, watch.guard.settings.model);
}

function countChoices({ n }: WireObject): number {
  return typeof n === 'number' ? n : 1;
}

async function watchCompletion(completion: WireObject, { call, watch, turns, input }: Watched): Promise<WireObject> {
  if (watch.output === 'off') return completion;
  const choices = completion['choices'] as readonly WireObject[];
  const said = choices.map(({ message }) => addAnswer(turns, readMessage(message as WireObject)));
  const judged = await judgeSide(call, watch, 'output', watch.output, said);
  return {
    ...completion,
    choices: choices.map((choice, index) => (judged[index]?.passes === true ? choice : blockChoice(choice))),
    ...(watch.reports
      ? { moderation: { input: input ?? null, output: writeSide(judged, watch.guard.settings.model) } }
      : {}),
  };
}

function readMessage({ content, tool_calls: calls, refusal }: WireObject): string {
  const texts = [content, refusal].filter((text): text is string => typeof text === 'string' && text !== '');
  return [...texts, ...writeCalls(calls)].join('\n');
}

function addAnswer(turns: readonly Turn[], text: string): readonly Turn[] {
  const before: readonly Turn[] =
    turns.at(-1)?.role === 'user' ? turns : [...turns, { role: 'user', text: '', images: [] }];
  return [...before, { role: 'assistant', text, images: [] }];
}

/** A choice of which nothing is handed over, its reasoning included. */
function blockChoice({ index }: WireObject): WireObject {
  return {
    index,
    message: { role: 'assistant', content: '', refusal: null },
    finish_reason: 'content_filter',
    logprobs: null,
  };
}

interface Said {
  text: string;
  readonly calls: Map<number, string>;
  /** What of it was judged. */
  judged: string;
}

/** Holds a stream's words back until they are judged, or, where nothing is blocked, judges them once they are all out. */
async function* watchChunks(
  { chunks, stop }: Extract<ChatAnswer, { readonly chunks: unknown }>,
  { call, watch, turns, input }: Watched,
  choices: number,
): ChunkBatches {
  if (watch.output === 'off') return void (yield* chunks);
  const said = new Map<number, Said>();
  let head: ChatChunk | undefined;
  let last: WireObject | undefined;
  const { model, window, holdMs } = watch.guard.settings;
  const review = async (): Promise<ReadonlySet<number>> => {
    const open = [...said].filter(([, one]) => writeSaid(one) !== one.judged);
    const conversations = open.map(([, one]) => addAnswer(turns, (one.judged = writeSaid(one))));
    const judged = await judgeSide(call, watch, 'output', watch.output, conversations);
    if (judged.length > 0) last = writeSide(judged, model);
    return new Set(open.flatMap(([choice], index) => (judged[index]?.passes === true ? [] : [choice])));
  };
  const read = (chunk: ChatChunk): number => {
    head ??= chunk;
    return chunk.choices.reduce((sum, { index, delta }) => {
      const one = said.get(index) ?? { text: '', calls: new Map<number, string>(), judged: '' };
      said.set(index, one);
      return sum + addDelta(one, delta);
    }, 0);
  };
  if (watch.output === 'block')
    yield* holdBack<ChatChunk>(
      chunks,
      {
        read,
        review,
        keep: (chunk, stopped) => {
          if (chunk.choices.length === 0) return chunk;
          const kept = chunk.choices.filter(({ index }) => !stopped.has(index));
          return kept.length === 0 ? undefined : { ...chunk, choices: kept };
        },
        end: (index) => ({
          ...pickHead(head as ChatChunk),
          choices: [{ index, delta: {}, finish_reason: 'content_filter', logprobs: null }],
        }),
        isOver: (stopped) => {
          if (stopped.size < choices) return false;
          // Nobody reads on, so the endpoint need not write on.
          stop();
          return true;
        },
      },
      { window, holdMs },
    );
  else
    for await (const batch of chunks) {
      batch.forEach(read);
      yield batch;
    }
  if (!watch.reports || head === undefined) return;
  if (last === undefined || watch.output === 'score') await review();
  yield [{ ...pickHead(head), choices: [], moderation: { input: input ?? null, output: last ?? null } }];
}

function pickHead({ id, object, created, model }: ChatChunk): Omit<ChatChunk, 'choices'> {
  return { id, object, created, model };
}

/** Adds a delta's words; tells how many characters they have. */
function addDelta(said: Said, { content, refusal, tool_calls: pieces }: WireObject): number {
  let count = 0;
  for (const text of [content, refusal])
    if (typeof text === 'string') {
      said.text += text;
      count += text.length;
    }
  for (const piece of Array.isArray(pieces) ? pieces.filter(isObject) : []) {
    const given = isObject(piece['function']) ? piece['function'] : {};
    const text = [given['name'], given['arguments']].filter((part) => typeof part === 'string').join('(');
    const at = Number(piece['index']);
    said.calls.set(at, (said.calls.get(at) ?? '') + text);
    count += text.length;
  }
  return count;
}

function writeSaid({ text, calls }: Said): string {
  return [...(text === '' ? [] : [text]), ...calls.values()].join('\n');
}
