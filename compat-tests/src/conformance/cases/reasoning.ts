import type { Capability } from '../case.ts';
import { askChat, askMessages, assistant, type Fields, streamChat, user } from '../chat-request.ts';
import { isObject, quoteText } from '../../json.ts';
import { isAnswered } from '../expectations/answered.ts';
import { choicesOf } from '../expectations/body.ts';
import { byChoice, expecting } from '../expectations/expectation.ts';
import { hasStatus, isServed } from '../expectations/http.ts';
import { deltaOf, piecesOf } from '../expectations/stream.ts';
import { isChat } from '../recorded.ts';
import { weather } from '../tools.ts';
import type { Observation } from '../observation.ts';
import type { JsonObject } from '../../json.ts';

const question = 'A farmer has 17 sheep, and all but 9 run away. How many are left?';
/** Models that think take neither a temperature nor max_tokens. Source: recorded answers of OpenAI (400 unsupported_parameter), checked 2026-11-23 */
const thinking: Fields = {
  model: '$model:reasoning',
  temperature: undefined,
  max_tokens: undefined,
  max_completion_tokens: 2_000,
};
const reasons = (body: Readonly<Record<string, unknown>>) => /^(?:o\d|gpt-5)/.test(String(body['model']));

/** The thoughts of a message or a delta, in the fields open models use. */
function thoughtsOf(holder: JsonObject): string {
  const held = holder['reasoning'] ?? holder['reasoning_content'];
  return typeof held === 'string' ? held : '';
}

const messagesOf = (seen: Observation): JsonObject[] =>
  choicesOf(seen).flatMap(({ message }) => (isObject(message) ? [message] : []));

const hasNoThinkTags = expecting('no <think> stands in the text', ({ answer }) => {
  const wrong = answer.choices.find(({ text }) => /<\/?(?:think|thinking|reasoning)>/i.test(text));
  return wrong === undefined ? undefined : quoteText(wrong.text);
});

/** OpenAI counts the thoughts of its models and does not show them. */
const isHidden = (seen: Observation): boolean => {
  const details = seen.answer.usage?.['completion_tokens_details'];
  return isObject(details) && Number(details['reasoning_tokens'] ?? 0) > 0;
};

const hasThoughts = expecting(
  'the thoughts stand in reasoning or reasoning_content, or are counted and not shown',
  (seen) =>
    isHidden(seen) || messagesOf(seen).some((message) => thoughtsOf(message) !== '') ? undefined : 'neither has a text',
);

const thinksFirst = expecting('thoughts come in deltas of their own field, before the text', (seen) => {
  const pieces = piecesOf(seen).map(deltaOf);
  const first = pieces.findIndex((delta) => typeof delta['content'] === 'string' && delta['content'] !== '');
  const last = pieces.findLastIndex((delta) => thoughtsOf(delta) !== '');
  if (last === -1) return isHidden(seen) ? undefined : 'no delta has thoughts';
  return first === -1 || last < first ? undefined : `thoughts in piece ${last + 1}, text from piece ${first + 1}`;
});

const countsThoughts = expecting('usage.completion_tokens_details.reasoning_tokens is above 0', (seen) => {
  const details = seen.answer.usage?.['completion_tokens_details'];
  const count = isObject(details) ? details['reasoning_tokens'] : undefined;
  return typeof count === 'number' && count > 0 ? undefined : String(count);
});

/** Reasoning. */
export const reasoning: Capability = {
  name: 'Reasoning',
  cases: [
    {
      id: 'RSN-01',
      level: 'should',
      kind: 'wire',
      title: 'thoughts stand in a field of their own, not in the text',
      source: 'gpt-oss compatibility-test; https://github.com/vercel/ai/issues/7866',
      needs: 'reasoning',
      steps: [askChat(question, thinking)],
      expect: [hasStatus(200), hasNoThinkTags, hasThoughts],
    },
    {
      id: 'RSN-02',
      level: 'should',
      kind: 'wire',
      title: 'streamed thoughts come before the text, in a field of their own',
      source: 'gpt-oss compatibility-test; Ollama SplitsThinkingAndContent',
      needs: 'reasoning',
      steps: [streamChat(question, thinking)],
      expect: [hasStatus(200), hasNoThinkTags, thinksFirst],
    },
    {
      id: 'RSN-03',
      level: 'should',
      kind: 'wire',
      title: 'thoughts are counted in reasoning_tokens',
      source: 'schema CompletionUsage of openai-openapi; vLLM; SGLang',
      needs: 'reasoning',
      steps: [askChat(question, thinking)],
      expect: [hasStatus(200), countsThoughts],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => /^o\d/.test(String(body['model'])),
      }),
    },
    {
      id: 'RSN-04',
      level: 'should',
      kind: 'wire',
      title: 'thinking can be switched off (reasoning_effort "none")',
      source: 'Kimi-Vendor-Verifier Instant mode; vLLM enable_thinking',
      needs: 'reasoning',
      steps: [
        askChat(question, {
          ...thinking,
          reasoning_effort: 'none',
          chat_template_kwargs: { enable_thinking: false },
        }),
      ],
      expect: [
        isServed,
        hasNoThinkTags,
        expecting('there are no thoughts', (seen) => {
          const wrong = messagesOf(seen)
            .map(thoughtsOf)
            .find((text) => text.trim() !== '');
          return wrong === undefined ? undefined : quoteText(wrong);
        }),
      ],
    },
    {
      id: 'RSN-05',
      level: 'should',
      kind: 'model',
      title: 'no answer is thoughts alone',
      source: 'MiniMax-Provider-Verifier Error-Only-Reasoning',
      needs: 'reasoning',
      steps: [askChat(question, thinking)],
      expect: [isServed, isAnswered],
      applies: isChat({ stream: false, status: 200, where: reasons }),
    },
    {
      id: 'RSN-06',
      level: 'should',
      kind: 'wire',
      title: 'a model still thinks after the result of a call',
      source: 'https://github.com/ollama/ollama/issues/12158',
      needs: 'reasoning',
      steps: [
        askMessages(
          [
            user('What is the weather in Paris, and what should I wear?'),
            assistant(null, {
              tool_calls: [
                { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
              ],
            }),
            { role: 'tool', tool_call_id: 'call_1', content: 'rain, 9 degrees' },
          ],
          { tools: [weather], ...thinking },
        ),
      ],
      expect: [hasStatus(200), isAnswered, hasNoThinkTags, byChoice(hasThoughts)],
    },
  ],
};
