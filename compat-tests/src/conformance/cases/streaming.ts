import type { Capability } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { everyChunk, show, textOf } from '../expectations/body.ts';
import { atEveryStep, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasErrorMessage, hasHeader, hasStatus, isRejected, isServed } from '../expectations/http.ts';
import { equals, isEmpty, isFilled, isList, isSeconds, isText, isWhole, orEmpty } from '../expectations/predicate.ts';
import {
  arrivesInPieces,
  comesInPieces,
  endsWithDone,
  endsWithUsage,
  finishesEmpty,
  finishesOnce,
  hasNoErrorEvent,
  hasNoUsage,
  isFramed,
  keepsField,
  piecesOf,
  saysRoleFirst,
} from '../expectations/stream.ts';
import { findSchemaProblems } from '../../openai-schema/validate.ts';
import { isChat, wantsUsage } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat-streaming';
const applies = isChat({ stream: true, status: 200 });
const short = streamChat('Reply with exactly: The heron waits.');
const long = streamChat('Count from 1 to 40', { max_tokens: 160 });
const isReaders = 'a claim about readers, not about endpoints: ';

const counted = 'Count from 1 to 20, with a comma and a space between the numbers. Write nothing but the numbers.';

/** Whether a text counts from 1, to 10 at least, without a gap. */
function isCount(text: string): boolean {
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  return numbers.length >= 10 && numbers.every((number, at) => number === at + 1);
}
const readSigns = (text: string): string => text.replaceAll(/[\s\d]/g, '').slice(0, 9);

/** Streaming framing. */
export const streaming: Capability = {
  name: 'Streaming framing',
  cases: [
    {
      id: 'STR-01',
      level: 'must',
      kind: 'wire',
      title: 'a stream is answered 200 with text/event-stream',
      source: reference,
      steps: [short],
      expect: [hasStatus(200), hasHeader('content-type', /^text\/event-stream\b/i)],
      applies,
    },
    {
      id: 'STR-02',
      level: 'must',
      kind: 'wire',
      title: 'every event is a line "data: <JSON>" and a blank line',
      source: 'https://html.spec.whatwg.org/multipage/server-sent-events.html; openai-node tests/streaming.test.ts',
      steps: [short],
      expect: [hasStatus(200), isFramed, hasNoErrorEvent],
      applies,
    },
    {
      id: 'STR-03',
      level: 'must',
      kind: 'wire',
      title: 'the stream ends with data: [DONE], once and last',
      source: `${reference}; recorded traffic`,
      steps: [short],
      expect: [hasStatus(200), endsWithDone],
      applies,
    },
    {
      id: 'STR-04',
      level: 'must',
      kind: 'wire',
      title: 'every chunk is a chat.completion.chunk with choices',
      source: reference,
      steps: [short],
      expect: [
        hasStatus(200),
        expecting('there are chunks', ({ chunks, text }) => (chunks.length > 0 ? undefined : text.slice(0, 160))),
        everyChunk('object', equals('chat.completion.chunk')),
        everyChunk('choices', isList),
        everyChunk('model', isFilled),
        strictly(
          expecting("every chunk fits OpenAI's schema", ({ chunks }) =>
            chunks.flatMap((chunk) => findSchemaProblems('CreateChatCompletionStreamResponse', chunk)).at(0),
          ),
        ),
      ],
      applies,
    },
    {
      id: 'STR-05',
      level: 'must',
      kind: 'wire',
      title: 'all chunks share one id',
      source: `${reference}; recorded traffic (Avian: none do)`,
      steps: [short],
      expect: [hasStatus(200), everyChunk('id', isFilled), keepsField('id')],
      applies,
    },
    {
      id: 'STR-06',
      level: 'should',
      kind: 'wire',
      title: 'created is a time in seconds and the same over the stream; so is model',
      source: `${reference}; recorded traffic (Baseten and llama.cpp change it)`,
      steps: [short],
      expect: [hasStatus(200), everyChunk('created', isSeconds), keepsField('created'), keepsField('model')],
      applies,
    },
    {
      id: 'STR-07',
      level: 'must',
      kind: 'wire',
      title: 'the first delta of a choice has the role, and no later one',
      source: `${reference}; recorded traffic (Ollama and Together repeat it)`,
      steps: [short],
      expect: [hasStatus(200), saysRoleFirst],
      applies,
    },
    {
      id: 'STR-08',
      level: 'should',
      kind: 'wire',
      title: 'the content of a delta is a text, null or absent',
      source: 'recorded traffic',
      steps: [short],
      expect: [hasStatus(200), everyChunk('choices[].delta.content', orEmpty(isText))],
      applies,
    },
    {
      id: 'STR-09',
      level: 'must',
      kind: 'model',
      title: 'a long answer comes in pieces, and not all at once',
      source: 'llama-stack assert_has_incremental_content; webai-at-home streaming.timing',
      steps: [long],
      expect: [hasStatus(200), own(comesInPieces(3)), own(arrivesInPieces)],
    },
    {
      id: 'STR-10',
      level: 'must',
      kind: 'wire',
      title: 'the pieces together are the text that comes without a stream',
      source: 'vLLM test_chat_streaming; llama.cpp stream against no stream',
      steps: [
        askChat('Reply with exactly: The heron waits.', { seed: 7 }),
        { ...short, body: { ...Object(short.body), seed: 7 } },
      ],
      expect: [
        atEveryStep(hasStatus(200)),
        {
          says: 'both texts are the same',
          judge: (second, [first]) => {
            const [plain, streamed] = [first === undefined ? '' : textOf(first), textOf(second)];
            if (plain === streamed) return 'held';
            const what = `${JSON.stringify(plain)} without, ${JSON.stringify(streamed)} with a stream`;
            // Two askings may differ by chance; losing the text or the end of it is no chance.
            return streamed === '' || plain.startsWith(streamed) || plain.endsWith(streamed)
              ? { broken: what }
              : { choseOtherwise: what };
          },
        },
      ],
    },
    {
      id: 'STR-26',
      level: 'must',
      kind: 'model',
      title: 'a counted text comes whole and in order, as it does without a stream',
      source: 'vLLM test_chat_streaming; streams that lose or repeat a piece',
      steps: [askChat(counted, { max_tokens: 160 }), streamChat(counted, { max_tokens: 160 })],
      expect: [
        atEveryStep(hasStatus(200)),
        {
          says: 'the streamed numbers have no gap and no repetition where the others have none',
          judge: (second, [first]) => {
            const [plain, streamed] = [first === undefined ? '' : textOf(first), textOf(second)];
            if (!isCount(plain)) return { choseOtherwise: show(plain) };
            return isCount(streamed) && readSigns(plain) === readSigns(streamed) ? 'held' : { broken: show(streamed) };
          },
        },
      ],
    },
    {
      id: 'STR-27',
      level: 'must',
      kind: 'wire',
      title: 'every choice of a chunk has its index',
      source: `${reference}; schema CreateChatCompletionStreamResponse`,
      steps: [short],
      expect: [hasStatus(200), everyChunk('choices[].index', isWhole)],
      applies,
    },
    {
      id: 'STR-11',
      level: 'must',
      kind: 'wire',
      title: 'each choice has exactly one finish_reason',
      source: `${reference}; recorded traffic (OpenRouter and Avian send it twice)`,
      steps: [short],
      expect: [hasStatus(200), finishesOnce],
      applies,
    },
    {
      id: 'STR-12',
      level: 'should',
      kind: 'wire',
      title: 'the delta with finish_reason says nothing else',
      source: 'recorded traffic (Mistral sends text with it)',
      steps: [short],
      expect: [hasStatus(200), finishesEmpty],
      applies,
    },
    {
      id: 'STR-13',
      level: 'must',
      kind: 'wire',
      title: 'with include_usage one last chunk has the usage and no choice',
      source: `${reference}; recorded traffic`,
      steps: [short],
      expect: [hasStatus(200), endsWithUsage],
      applies: isChat({ stream: true, status: 200, where: wantsUsage }),
    },
    {
      id: 'STR-14',
      level: 'should',
      kind: 'wire',
      title: 'without include_usage no chunk has usage',
      source: 'recorded traffic (Together, Mistral and Cerebras send it unasked)',
      steps: [streamChat('Reply with exactly: OK', { stream_options: undefined })],
      expect: [hasStatus(200), hasNoUsage],
      applies: isChat({ stream: true, status: 200, where: (body) => !wantsUsage(body) }),
    },
    {
      id: 'STR-15',
      level: 'should',
      kind: 'wire',
      title: 'with include_usage the earlier chunks have usage null or none',
      source: 'https://platform.openai.com/docs/api-reference/chat/create (stream_options)',
      steps: [short],
      expect: [
        hasStatus(200),
        expecting('only chunks without a choice have usage', ({ chunks }) => {
          const wrong = chunks.find(
            ({ choices, usage }) => !isEmpty.holds(usage) && Array.isArray(choices) && choices.length > 0,
          );
          return wrong === undefined ? undefined : JSON.stringify(wrong['usage']);
        }),
      ],
      applies: isChat({ stream: true, status: 200, where: wantsUsage }),
    },
    {
      id: 'STR-16',
      level: 'should',
      kind: 'wire',
      title: 'stream_options without a stream is refused with 400',
      source: 'https://platform.openai.com/docs/api-reference/chat/create (stream_options)',
      steps: [askChat('Reply with exactly: OK', { stream_options: { include_usage: true } })],
      expect: [isRejected(400, 422)],
    },
    {
      id: 'STR-17',
      level: 'should',
      kind: 'wire',
      title: 'a first chunk without choices (Azure) breaks no reader',
      source: 'openai-node Azure async filter test',
      steps: [],
      expect: [],
      untested: `${isReaders}a benign variation of the mutation proof`,
    },
    {
      id: 'STR-18',
      level: 'must',
      kind: 'wire',
      title: 'a stream that is refused is refused with 4xx and JSON, not inside a stream',
      source: 'SGLang streaming length tests; recorded traffic',
      steps: [streamChat('Hi', { messages: 'no list' })],
      expect: [isRejected(400, 422), hasHeader('content-type', /^application\/json\b/i), hasErrorMessage],
      applies: isChat({ stream: true, status: 400 }),
    },
    {
      id: 'STR-19',
      level: 'must',
      kind: 'wire',
      title: 'a failure in the middle of a stream is an event with an error, and never a silent end',
      source: 'vLLM test_chat_error_stream; openai-node "surfaces a mid-stream error"',
      steps: [],
      expect: [],
      untested: 'a failure of the engine cannot be provoked from outside; a silent end is what STR-03 and STR-11 see',
    },
    {
      id: 'STR-20',
      level: 'should',
      kind: 'wire',
      title: 'comment lines (": ping") break no reader',
      source: 'recorded traffic (OpenRouter)',
      steps: [],
      expect: [],
      untested: `${isReaders}a benign variation of the mutation proof`,
    },
    {
      id: 'STR-21',
      level: 'should',
      kind: 'wire',
      title: 'event: lines are optional, and unknown ones are ignored',
      source: 'openai-node tests/streaming.test.ts',
      steps: [],
      expect: [],
      untested: `${isReaders}a benign variation of the mutation proof`,
    },
    {
      id: 'STR-22',
      level: 'should',
      kind: 'wire',
      title: 'a stream has no Content-Length, and is not for caches',
      source: 'webai-at-home openai_test, headers',
      steps: [short],
      expect: [
        own(
          expecting('there is no content-length', ({ headers }) =>
            headers['content-length'] === undefined ? undefined : headers['content-length'],
          ),
        ),
        own(strictly(hasHeader('cache-control', /no-cache|no-store/))),
      ],
    },
    {
      id: 'STR-23',
      level: 'should',
      kind: 'wire',
      title: 'an answer without a token still has its role, its end and [DONE]',
      source: 'ollama StreamEmptyCompletionStillEmitsRoleChunk',
      steps: [streamChat('Reply with exactly: aaaa', { stop: ['a', 'A'] })],
      expect: [hasStatus(200), saysRoleFirst, finishesOnce, endsWithDone],
    },
    {
      id: 'STR-24',
      level: 'info',
      kind: 'wire',
      title: 'the padding field obfuscation breaks no reader',
      source: 'https://platform.openai.com/docs/api-reference/chat/create (stream_options.include_obfuscation)',
      steps: [],
      expect: [],
      untested: `${isReaders}a benign variation of the mutation proof`,
    },
    {
      id: 'STR-25',
      level: 'should',
      kind: 'wire',
      title: 'a stream with n 2 has both choices, each with its end',
      source: 'vLLM n_parameter_streaming; SGLang',
      steps: [streamChat('Reply with exactly: OK', { n: 2 })],
      expect: [
        isServed,
        finishesOnce,
        expecting('the indexes are 0 to n-1', (seen) => {
          const n = Number(seen.body['n'] ?? 1);
          const indexes = [...new Set(piecesOf(seen).map(({ index }) => index))].sort();
          return indexes.length === n && indexes.every((index, at) => index === at)
            ? undefined
            : JSON.stringify(indexes);
        }),
      ],
      applies: isChat({ stream: true, status: 200, where: ({ n }) => typeof n === 'number' && n > 1 }),
    },
  ],
};
