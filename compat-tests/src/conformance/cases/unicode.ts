import type { Capability } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { isAnswered, says, saysTheSame } from '../expectations/answered.ts';
import { callsTools, callsOf, hasValidArguments } from '../expectations/tools.ts';
import { atEveryStep, byChoice, expecting, own } from '../expectations/expectation.ts';
import { hasStatus, isServed, isServedOrRefused } from '../expectations/http.ts';
import { hasTools, isChat } from '../recorded.ts';
import { weather } from '../tools.ts';
import { quoteText } from '../../json.ts';
import { promptTokensOf } from '../expectations/usage.ts';

const difficult = '👩‍👩‍👧‍👦 日本語 e\u0301 🇫🇷 ∑ Ωmega';

/** A sign that was cut in two on its way becomes U+FFFD, or half a surrogate pair. */
const isWhole = expecting(
  'no U+FFFD and no half of a surrogate pair stands in any text',
  ({ answer, chunks, text }) => {
    if (text.includes('\uFFFD')) return quoteText(text.slice(Math.max(0, text.indexOf('\uFFFD') - 60)));
    for (const [at, chunk] of chunks.entries()) {
      const lone = JSON.stringify(chunk).match(/\\ud[89a-f][0-9a-f]{2}/);
      if (lone !== null) return `${lone[0]} in chunk ${at + 1}`;
    }
    const wrong = answer.choices.find((choice) => /\\ud[89a-f]/.test(JSON.stringify(choice)));
    return wrong === undefined ? undefined : quoteText(wrong.text);
  },
);

/** The same request with every sign beyond ASCII written as an escape. */
const escape = (json: string): string =>
  json.replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const plain = JSON.stringify(askChat(`Reply with exactly: “${difficult}”`).body);

/** Unicode. */
export const unicode: Capability = {
  name: 'Unicode',
  cases: [
    {
      id: 'UNI-01',
      level: 'must',
      kind: 'wire',
      title: 'no sign is cut in two between the chunks of a stream',
      source: 'openai-node streaming tests "multi-byte characters across chunks"; llama.cpp',
      steps: [streamChat(`Reply with exactly: "${difficult}"`, { max_tokens: 120 })],
      expect: [hasStatus(200), isWhole, says(/日本語/)],
      applies: isChat({ stream: true, status: 200 }),
    },
    {
      id: 'UNI-06',
      level: 'must',
      kind: 'wire',
      title: 'UTF-8 is encoded once',
      source: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.1',
      steps: [[askChat(`Reply with exactly: "${difficult}"`), streamChat(`Reply with exactly: "${difficult}"`)]],
      expect: [
        atEveryStep(hasStatus(200)),
        atEveryStep(
          expecting('no sign is UTF-8 that was read as Latin-1', ({ answer }) => {
            const wrong = answer.choices.find(({ text }) => /[\u00C2-\u00F4][\u0080-\u00BF]/.test(text));
            return wrong === undefined ? undefined : quoteText(wrong.text);
          }),
        ),
      ],
    },
    {
      id: 'UNI-02',
      level: 'must',
      kind: 'wire',
      title: 'escaped and plain UTF-8 in a request are the same',
      source: 'https://www.rfc-editor.org/rfc/rfc8259#section-7',
      steps: [[plain, escape(plain)].map((raw) => ({ path: '/chat/completions', raw }))],
      expect: [
        atEveryStep(isAnswered),
        own({
          says: 'both prompts count the same tokens',
          judge: (_seen, all) => {
            const counts = new Set(all.map(promptTokensOf).filter((count) => !Number.isNaN(count)));
            return counts.size <= 1 ? 'held' : { broken: [...counts].join(' and ') };
          },
        }),
        saysTheSame('either way'),
      ],
      applies: isChat({ stream: false, status: 200, where: (body) => /[^\0-\x7f]/.test(JSON.stringify(body)) }),
    },
    {
      id: 'UNI-03',
      level: 'should',
      kind: 'wire',
      title: 'signs beyond the first plane in streamed arguments come together whole',
      source: 'recorded traffic; openai-node streaming tests',
      needs: 'tools',
      steps: [
        streamChat('What is the weather in "日本 🇯🇵 東京"?', {
          tools: [weather],
          tool_choice: 'required',
          max_tokens: 160,
        }),
      ],
      expect: [
        isServed,
        hasValidArguments,
        isWhole,
        own(byChoice(callsTools(1))),
        own(
          byChoice(
            expecting('the arguments hold the name of the city', (seen) => {
              const said = callsOf(seen).map((call) => call.arguments);
              return said.some((args) => /東京|\\u6771\\u4eac|Tokyo/i.test(args)) ? undefined : said.join(' ');
            }),
          ),
        ),
      ],
      applies: isChat({ stream: true, status: 200, calls: true, where: hasTools }),
    },
    {
      id: 'UNI-04',
      level: 'should',
      kind: 'wire',
      title: 'U+2028, NUL and half a surrogate pair are answered or refused with 4xx, never 500',
      source: 'openai-node streaming tests "special new line characters"',
      steps: [['one\u2028two\u2029three', 'a\u0000b', 'half \ud83d of a pair'].map((content) => askChat(content))],
      expect: [atEveryStep(isServedOrRefused)],
    },
    {
      id: 'UNI-05',
      level: 'should',
      kind: 'model',
      title: 'the answer is in the language of the question',
      source: 'MiniMax-Provider-Verifier Language-Following',
      steps: [askChat('Erkläre in einem ganzen Satz auf Deutsch, was ein Fluss ist.')],
      expect: [isServed, isAnswered, says(/\b(?:ein|eine|der|die|das|ist|und|Wasser)\b/)],
    },
  ],
};
