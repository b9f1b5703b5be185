import { isObject, readObjects, type JsonObject } from '../../json.ts';
import type { Capability, RecordedRequest } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { choicesOf, everyAt, show } from '../expectations/body.ts';
import { atStep, expecting, strictly } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { deltaOf, piecesOf } from '../expectations/stream.ts';
import { isEmpty } from '../expectations/predicate.ts';
import type { Observation } from '../observation.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/object';
const asks = ({ logprobs }: RecordedRequest['body']) => logprobs === true;
const applies = isChat({ stream: false, status: 200, where: asks });
const probed = askChat('Reply with exactly: The heron waits.', { logprobs: true, top_logprobs: 2 });

/** The entries of a choice or of a piece of one. */
function entriesOf(holder: JsonObject): JsonObject[] {
  return isObject(holder['logprobs']) ? readObjects(holder['logprobs']['content']) : [];
}
const allEntries = (seen: Observation) => choicesOf(seen).flatMap(entriesOf);
const hasEntries = expecting('choices[].logprobs.content has entries', (seen) =>
  allEntries(seen).length > 0 ? undefined : show(choicesOf(seen)[0]?.['logprobs']),
);

/** Logprobs. */
export const logprobs: Capability = {
  name: 'Logprobs',
  cases: [
    {
      id: 'LOGP-01',
      level: 'should',
      kind: 'wire',
      title: 'with logprobs each token has token, logprob, bytes and top_logprobs',
      source: `${reference}; llama.cpp test_logprobs`,
      steps: [probed],
      expect: [
        isServed,
        hasEntries,
        expecting('each entry has a token, a logprob up to 0, bytes and top_logprobs', (seen) => {
          const wrong = allEntries(seen).find(
            ({ token, logprob, bytes, top_logprobs: top }) =>
              typeof token !== 'string' ||
              typeof logprob !== 'number' ||
              // Rounding on the wire leaves a hair above zero.
              logprob > 0.000_1 ||
              !(bytes === null || Array.isArray(bytes)) ||
              !Array.isArray(top),
          );
          return wrong === undefined ? undefined : show(wrong);
        }),
      ],
      applies,
    },
    {
      id: 'LOGP-02',
      level: 'should',
      kind: 'wire',
      title: 'top_logprobs k gives k entries for each token',
      source: 'vLLM zero/some_logprobs; SGLang',
      steps: [probed],
      expect: [
        isServed,
        hasEntries,
        expecting('each token has top_logprobs entries', (seen) => {
          const k = Number(seen.body['top_logprobs'] ?? 0);
          const wrong = allEntries(seen).find(({ top_logprobs: top }) => readObjects(top).length !== k);
          return wrong === undefined
            ? undefined
            : `${readObjects(wrong['top_logprobs']).length} of ${k}: ${show(wrong)}`;
        }),
      ],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => asks(body) && typeof body['top_logprobs'] === 'number',
      }),
    },
    {
      id: 'LOGP-03',
      level: 'should',
      kind: 'wire',
      title: 'the tokens together are the text',
      source: 'llama.cpp aggregated_text',
      steps: [probed],
      expect: [
        isServed,
        hasEntries,
        expecting('the tokens joined are the content', (seen) => {
          for (const choice of choicesOf(seen)) {
            const { content } = isObject(choice['message']) ? choice['message'] : {};
            const joined = joinTokens(entriesOf(choice));
            if (typeof content === 'string' && joined !== content) return `${show(joined)}, not ${show(content)}`;
          }
          return undefined;
        }),
      ],
      applies,
    },
    {
      id: 'LOGP-04',
      level: 'should',
      kind: 'wire',
      title: 'without logprobs they are null or absent',
      source: 'vLLM no_logprobs',
      steps: [askChat('Reply with exactly: OK')],
      expect: [hasStatus(200), everyAt('choices[].logprobs', isEmpty)],
      applies: isChat({ stream: false, status: 200, where: (body) => !asks(body) }),
    },
    {
      id: 'LOGP-05',
      level: 'should',
      kind: 'wire',
      title: 'top_logprobs above 20 is refused with 400, and the next request is answered',
      source: 'vLLM too_many_chat_logprobs',
      steps: [
        askChat('Reply with exactly: OK', { logprobs: true, top_logprobs: 21 }),
        askChat('Reply with exactly: OK'),
      ],
      expect: [atStep(0, isServedOrRefused), strictly(atStep(0, isRejected(400, 422))), hasStatus(200)],
    },
    {
      id: 'LOGP-06',
      level: 'should',
      kind: 'wire',
      title: 'top_logprobs without logprobs is refused with 400',
      source: 'https://platform.openai.com/docs/api-reference/chat/create (top_logprobs)',
      steps: [askChat('Reply with exactly: OK', { top_logprobs: 2 })],
      expect: [isRejected(400, 422)],
      applies: isChat({
        fine: true,
        where: (body) => typeof body['top_logprobs'] === 'number' && body['logprobs'] !== true,
      }),
    },
    {
      id: 'LOGP-07',
      level: 'should',
      kind: 'wire',
      title: 'in a stream the logprobs come with their text',
      source: 'llama.cpp logprobs_stream',
      steps: [streamChat('Reply with exactly: The heron waits.', { logprobs: true, top_logprobs: 2 })],
      expect: [
        isServed,
        expecting('the tokens joined are the content', (seen) => {
          const pieces = piecesOf(seen).filter(({ index }) => index === 0);
          const joined = joinTokens(pieces.flatMap(entriesOf));
          const text = pieces.map((piece) => deltaOf(piece)['content'] ?? '').join('');
          return joined === text ? undefined : `${show(joined)}, not ${show(text)}`;
        }),
      ],
      applies: isChat({ stream: true, status: 200, where: asks }),
    },
    {
      id: 'LOGP-08',
      level: 'should',
      kind: 'wire',
      title: 'a logprob is a number in JSON, never NaN or -Infinity',
      source: 'vLLM (floor -9999.0)',
      steps: [askChat('Reply with exactly: OK', { logprobs: true, top_logprobs: 20 })],
      expect: [
        isServed,
        expecting('the body is JSON, and every logprob in it a number', (seen) => {
          if (!isObject(seen.answer.json)) return seen.text.slice(0, 160);
          const all = allEntries(seen).flatMap((entry) => [entry, ...readObjects(entry['top_logprobs'])]);
          const wrong = all.find(({ logprob }) => typeof logprob !== 'number');
          return wrong === undefined ? undefined : show(wrong);
        }),
      ],
      applies,
    },
  ],
};

/** Joins tokens by their bytes, since a token may hold half of a character. */
function joinTokens(entries: readonly JsonObject[]): string {
  const whole = entries.every(({ bytes }) => Array.isArray(bytes));
  if (!whole) return entries.map(({ token }) => String(token)).join('');
  return new TextDecoder().decode(Uint8Array.from(entries.flatMap(({ bytes }) => bytes as number[])));
}
