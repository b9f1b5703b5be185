import type { Capability, RecordedRequest } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { hasText, textOf } from '../expectations/body.ts';
import { endsByStop } from '../expectations/finish.ts';
import { atEveryStep, atStep, byChoice, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasStatus, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/create';
const count = 'Count from 1 to 100, with a comma and a space between the numbers. Start with 1.';
const stopsOf = ({ stop }: RecordedRequest['body']): string[] =>
  (Array.isArray(stop) ? stop : [stop]).filter((one) => typeof one === 'string' && one !== '');
const hasStop = (body: RecordedRequest['body']) => stopsOf(body).length > 0;

const endsBeforeStop = expecting('no stop sequence stands in the text', (seen) => {
  const found = seen.answer.choices.flatMap(({ text }) => stopsOf(seen.body).filter((stop) => text.includes(stop)));
  return found.length === 0 ? undefined : `${JSON.stringify(found)} in ${JSON.stringify(textOf(seen).slice(-80))}`;
});
const leaksNothing = expecting('the text does not end with the start of a stop sequence', (seen) => {
  const text = textOf(seen);
  const leaked = stopsOf(seen.body).find((stop) =>
    Array.from(stop.slice(1), (_char, at) => stop.slice(0, at + 1)).some((start) => text.endsWith(start)),
  );
  return leaked === undefined ? undefined : JSON.stringify(text.slice(-80));
});

/** Stop sequences. */
export const stop: Capability = {
  name: 'Stop sequences',
  cases: [
    {
      id: 'STOP-01',
      level: 'must',
      kind: 'model',
      title: 'the text ends before a stop sequence, with finish_reason "stop"',
      source: `${reference}; maruel/genai GenSync-Stop`,
      steps: [askChat(count, { stop: '7', max_tokens: 96 })],
      expect: [hasStatus(200), endsBeforeStop, own(endsByStop), own(hasText(/1/))],
      applies: isChat({ stream: false, status: 200, where: hasStop }),
    },
    {
      id: 'STOP-02',
      level: 'must',
      kind: 'wire',
      title: 'stop takes a list of up to 4 texts',
      source: reference,
      steps: [askChat(count, { stop: ['zebra', 'heron', 'lynx', '9'], max_tokens: 96 })],
      expect: [hasStatus(200), endsBeforeStop],
      applies: isChat({
        stream: false,
        fine: true,
        where: ({ stop: value }) => Array.isArray(value) && value.length > 0,
      }),
    },
    {
      id: 'STOP-07',
      level: 'should',
      kind: 'wire',
      title: 'a list of 5 stop texts is refused with 400, or taken',
      source: `${reference} (up to 4)`,
      steps: [askChat('Reply with exactly: OK', { stop: ['a1', 'b2', 'c3', 'd4', 'e5'] })],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    {
      id: 'STOP-03',
      level: 'must',
      kind: 'model',
      title: 'in a stream no part of the stop sequence leaks, wherever the pieces end',
      source: 'https://github.com/ggml-org/llama.cpp/issues/13780; maruel/genai GenStream-Stop',
      steps: [streamChat(count, { stop: ' 7, 8', max_tokens: 96 })],
      expect: [hasStatus(200), endsBeforeStop, own(endsByStop), own(leaksNothing)],
      applies: isChat({ stream: true, status: 200, where: hasStop }),
    },
    {
      id: 'STOP-04',
      level: 'should',
      kind: 'wire',
      title: 'stop null and an empty list are taken',
      source: `${reference} (nullable)`,
      steps: [askChat('Reply with exactly: OK', { stop: null }), askChat('Reply with exactly: OK', { stop: [] })],
      expect: [atStep(0, hasStatus(200)), atStep(1, isServed)],
    },
    {
      id: 'STOP-05',
      level: 'should',
      kind: 'model',
      title: 'a stop sequence of several tokens is honoured',
      source: 'SGLang test_matched_stop',
      steps: [askChat(count, { stop: ', 5, 6', max_tokens: 96 })],
      expect: [hasStatus(200), endsBeforeStop, own(endsByStop)],
    },
    {
      id: 'STOP-08',
      level: 'should',
      kind: 'model',
      title: 'what comes before a stop sequence is not cut',
      source: 'https://github.com/ggml-org/llama.cpp/issues/13780',
      steps: [askChat(count, { stop: ', 5, 6', max_tokens: 96 })],
      expect: [hasStatus(200), byChoice(hasText(/4\s*$/))],
    },
    {
      id: 'STOP-06',
      level: 'should',
      kind: 'wire',
      title: 'an empty stop text is refused or ignored, and does not empty the answer',
      source: 'vLLM validation tests',
      steps: [askChat('Reply with exactly: OK', { stop: '' })],
      expect: [
        atEveryStep(isServedOrRefused),
        expecting('an answer of 200 has text', (seen) =>
          seen.status !== 200 || textOf(seen) !== '' ? undefined : '""',
        ),
      ],
    },
  ],
};
