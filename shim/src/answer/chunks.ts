import type { Dialect } from '../dialect.ts';
import { refuseAnswer } from '../refusal.ts';
import type { Report } from '../report.ts';
import type { ChatPlan } from '../request/chat.ts';
import { type ChatChunk, type ChunkChoice, isAbsent, isObject, omitKeys, type WireObject } from '../wire.ts';
import { type ChoiceState, createChoice } from './choice.ts';
import { createChunkRepeat } from './chunk-repeat.ts';
import { dropExtras, type Envelope, noteMissingUsage, readEnvelope, readUsage } from './envelope.ts';
import { noteCutPrompt } from './prompt-cut.ts';
import { adaptLogprobs } from './logprobs.ts';
import { recoverGeneration } from './failed-generation.ts';
import { readStreamError } from './upstream-error.ts';

/** Turns the JSON events of one upstream stream into OpenAI's chunks. */
export interface ChunkNormaliser {
  /** Takes one event, read from `data`. Throws a `Refusal` when it is an error or no chunk. */
  push(event: unknown, data: string): ChatChunk[];
  /** Takes an event by its text where it differs from one before by what it says alone; `undefined` when it must be read. */
  repeat(data: string): readonly ChatChunk[] | undefined;
  /** Ends the stream: the usage chunk, when usage came. Throws a `Refusal` when a choice has not ended. */
  end(done: boolean): ChatChunk[];
}

/** Starts the normaliser of one stream. Usage always comes as a last chunk with no choices; who wants none drops it. */
export function createChunkNormaliser(plan: ChatPlan, dialect: Dialect, report: Report): ChunkNormaliser {
  const choices = new Map<number, ChoiceState>();
  const plain = createChunkRepeat();
  let envelope: Envelope | undefined;
  let usage: WireObject | undefined;

  const choiceAt = (index: number): ChoiceState => {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const made = createChoice(`response.choices[${index}]`, plan, dialect, report, false);
    choices.set(index, made);
    return made;
  };

  const readChoice = (choice: WireObject, position: number): ChunkChoice[] => {
    const index = typeof choice['index'] === 'number' ? choice['index'] : position;
    const state = choiceAt(index);
    const given = isObject(choice['delta']) ? choice['delta'] : isObject(choice['message']) ? choice['message'] : {};
    const delta = state.accept(given);
    const rest = {
      ...omitKeys(choice, ['message']),
      index,
      logprobs: adaptLogprobs(choice['logprobs'], plan, dialect, report),
    };
    if (isAbsent(choice['finish_reason']) || choice['finish_reason'] === '' || state.finished) {
      const emptied = Object.keys(delta).length === 0 && Object.keys(given).length > 0;
      // Probabilities go on even where their text is kept back.
      return emptied && !isObject(rest.logprobs) ? [] : [{ ...rest, delta, finish_reason: null }];
    }
    const { reason, rest: keptBack, missing } = state.finish(choice['finish_reason']);
    if (Object.keys(keptBack).length > 0) {
      const first = joinDeltas(delta, keptBack);
      const calls = joinPieces(first['tool_calls'], missing);
      return [
        {
          index,
          delta: calls.length === 0 ? first : { ...first, tool_calls: calls },
          finish_reason: null,
          logprobs: rest.logprobs,
        },
        { ...rest, delta: {}, finish_reason: reason, logprobs: null },
      ];
    }
    const last: ChunkChoice = { ...rest, delta, finish_reason: reason };
    return missing.length === 0
      ? [last]
      : [
          {
            index,
            delta: { ...delta, tool_calls: joinPieces(delta['tool_calls'], missing) },
            finish_reason: null,
            logprobs: null,
          },
          { ...last, delta: {} },
        ];
  };

  return {
    push(event, data) {
      const error = readStreamError(event);
      if (error !== undefined) throw recoverGeneration(event, error, plan, dialect, report);
      if (!isObject(event))
        throw refuseAnswer(
          `the endpoint streamed ${JSON.stringify(event)?.slice(0, 80)}, which is no chunk`,
          'invalid_stream',
        );
      envelope ??= readEnvelope(event, plan, report);
      usage = readUsage(event['usage']) ?? usage;
      const given = Array.isArray(event['choices']) ? event['choices'].filter(isObject) : [];
      if (given.length === 0 && ('usage' in event || !('choices' in event))) return [];
      const shared = {
        ...omitKeys(event, ['usage', ...dropExtras(event, dialect, report)]),
        ...envelope,
        object: 'chat.completion.chunk' as const,
      };
      if (given.length === 0) return [{ ...shared, choices: [] }];
      const chunks = given
        .flatMap((choice, position) => readChoice(choice, position))
        .map((choice) => ({ ...shared, choices: [choice] }));
      const [chunk] = chunks;
      if (given.length === 1 && chunks.length === 1 && given[0] !== undefined && chunk !== undefined)
        plain.learn(data, given[0], chunk);
      return chunks;
    },
    repeat: (data) => plain.repeat(data, (index, text) => choiceAt(index).acceptText(text)),
    end(done) {
      if (choices.size === 0) throw refuseAnswer('the endpoint ended the stream without an answer', 'stream_truncated');
      const open = [...choices].find(([, state]) => !state.finished);
      if (open !== undefined)
        throw refuseAnswer(
          `the endpoint ended the stream before choice ${open[0]} had a finish_reason`,
          'stream_truncated',
        );
      if (!done)
        report.add({
          code: 'done-added',
          severity: 'info',
          where: 'response',
          what: '[DONE] added',
          why: 'the endpoint closed the stream without it',
          fix: '',
        });
      if (usage === undefined && plan.wantsUsage) noteMissingUsage(report);
      noteCutPrompt(usage, plan.promptWords, dialect, report);
      if (usage === undefined || envelope === undefined) return [];
      return [{ ...envelope, object: 'chat.completion.chunk', choices: [], usage }];
    },
  };
}

/** Puts what was kept back behind the delta it came with. */
function joinDeltas(delta: WireObject, rest: WireObject): Record<string, unknown> {
  const joined: Record<string, unknown> = { ...delta };
  for (const [key, value] of Object.entries(rest)) {
    const held = joined[key];
    joined[key] =
      Array.isArray(held) && Array.isArray(value)
        ? [...held, ...value]
        : typeof held === 'string' && typeof value === 'string'
          ? held + value
          : value;
  }
  return joined;
}

function joinPieces(pieces: unknown, missing: readonly unknown[]): readonly unknown[] {
  return [...(Array.isArray(pieces) ? pieces : []), ...missing];
}
