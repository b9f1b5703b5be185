import type { Capability } from '../case.ts';
import { askChat, askMessages, assistant, user } from '../chat-request.ts';
import { everyAt, fitsSchema, hasText, readPath, show, textOf } from '../expectations/body.ts';
import { atEveryStep, byChoice, expecting, own, strictly } from '../expectations/expectation.ts';
import { hasStatus, isServed } from '../expectations/http.ts';
import { equals, isFilled, isSeconds, isText, isThere, oneOf, orEmpty } from '../expectations/predicate.ts';
import { promptTokensOf } from '../expectations/usage.ts';
import { isChat } from '../recorded.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/object';
const applies = isChat({ stream: false, status: 200 });
const ok = askChat('Reply with exactly: OK');

/** Chat basics. */
export const chat: Capability = {
  name: 'Chat basics',
  cases: [
    {
      id: 'CHAT-01',
      level: 'must',
      kind: 'wire',
      title: 'the body has id, object, created in seconds, model and choices',
      source: `${reference}; recorded traffic`,
      steps: [ok],
      expect: [
        hasStatus(200),
        everyAt('id', isFilled),
        everyAt('object', equals('chat.completion')),
        everyAt('created', isSeconds),
        everyAt('model', isFilled),
        expecting('choices has an element', ({ answer }) =>
          answer.choices.length > 0 ? undefined : show(readPath(answer.json, 'choices')[0]),
        ),
        strictly(fitsSchema('CreateChatCompletionResponse')),
      ],
      applies,
    },
    {
      id: 'CHAT-02',
      level: 'info',
      kind: 'wire',
      title: 'ids start with chatcmpl- and differ between calls',
      source: `${reference}; recorded traffic (TGI sends an empty id, DeepSeek a bare UUID)`,
      steps: [ok, ok],
      expect: [
        atEveryStep(
          everyAt('id', {
            says: 'a text that starts with chatcmpl-',
            holds: (id) => String(id).startsWith('chatcmpl-'),
          }),
        ),
        {
          says: 'the ids of two calls differ',
          judge: (second, [first]) => {
            const [one, two] = [first, second].map((seen) => show(readPath(seen?.answer.json, 'id')[0]));
            return one === two ? { broken: `both are ${one}` } : 'held';
          },
        },
      ],
    },
    {
      id: 'CHAT-03',
      level: 'info',
      kind: 'wire',
      title: 'model is the one asked for, or a dated name of it',
      source: `${reference}; llama.cpp issue 17668`,
      steps: [ok],
      expect: [
        expecting('model starts with the requested name', ({ answer, body }) => {
          const [model] = readPath(answer.json, 'model').map(String);
          return model?.startsWith(String(body['model'])) === true ? undefined : show(model);
        }),
      ],
      applies,
    },
    {
      id: 'CHAT-04',
      level: 'must',
      kind: 'wire',
      title: 'choices are numbered from 0 and speak as the assistant',
      source: reference,
      steps: [ok],
      expect: [
        hasStatus(200),
        expecting('choices[].index is 0, 1, …', ({ answer }) => {
          const indexes = readPath(answer.json, 'choices[].index');
          return indexes.length > 0 && indexes.every((index, at) => index === at) ? undefined : show(indexes);
        }),
        everyAt('choices[].message.role', equals('assistant')),
      ],
      applies,
    },
    {
      id: 'CHAT-05',
      level: 'must',
      kind: 'wire',
      title: 'finish_reason is one that OpenAI has',
      source: `${reference}; recorded traffic (Together sends "eos")`,
      steps: [ok],
      expect: [
        hasStatus(200),
        everyAt('choices[].finish_reason', oneOf('stop', 'length', 'tool_calls', 'content_filter', 'function_call')),
      ],
      applies,
    },
    {
      id: 'CHAT-06',
      level: 'should',
      kind: 'wire',
      title: 'content is there, if only as null; so are refusal and logprobs to the letter of the schema',
      source: `${reference}; recorded traffic (reasoning models leave logprobs out)`,
      steps: [ok],
      expect: [
        hasStatus(200),
        everyAt('choices[].message.content', isThere),
        everyAt('choices[].message.content', orEmpty(isText)),
        strictly(everyAt('choices[].message.refusal', isThere)),
        strictly(everyAt('choices[].logprobs', isThere)),
      ],
      applies,
    },
    {
      id: 'CHAT-07',
      level: 'info',
      kind: 'wire',
      title: 'system_fingerprint is a text or null',
      source: `${reference}; vLLM test_system_fingerprint_none`,
      steps: [ok],
      expect: [everyAt('system_fingerprint', orEmpty(isText))],
      applies,
    },
    {
      id: 'CHAT-08',
      level: 'must',
      kind: 'model',
      title: 'what was said in the first turn is known in the third',
      source: 'Open Responses multi-turn; vLLM recall tests',
      steps: [
        askMessages([
          user('The code word is heron.'),
          assistant('Noted.'),
          user('How are you?'),
          assistant('Fine.'),
          user('What is the code word?'),
        ]),
      ],
      expect: [hasStatus(200), byChoice(hasText(/heron/i))],
    },
    {
      id: 'CHAT-09',
      level: 'must',
      kind: 'wire',
      title: 'prompt_tokens grows with the turns, so the history is read',
      source: 'webai-at-home openai_test, history.accepted',
      steps: [ok, askMessages([user('Reply with exactly: OK'), assistant('OK'), user('Reply with exactly: OK')])],
      expect: [
        atEveryStep(hasStatus(200)),
        {
          says: 'the longer history has more prompt_tokens',
          judge: (second, [first]) => {
            const [short, long] = [first === undefined ? Number.NaN : promptTokensOf(first), promptTokensOf(second)];
            return long > short ? 'held' : { broken: `${short}, then ${long}` };
          },
        },
      ],
    },
    {
      id: 'CHAT-10',
      level: 'should',
      kind: 'wire',
      title: 'messages may have a name',
      source: `${reference}; litellm test_message_with_name`,
      steps: [
        askMessages([
          { role: 'user', content: 'Hello', name: 'alice' },
          assistant('Hello', { name: 'helper' }),
          { role: 'user', content: 'Reply with exactly: OK', name: 'alice' },
        ]),
      ],
      expect: [isServed],
    },
    {
      id: 'CHAT-11',
      level: 'should',
      kind: 'wire',
      title:
        'what is only for the bookkeeping is taken: user, safety_identifier, prompt_cache_key, service_tier, store',
      source: 'openai-node tests/api-resources/chat/completions',
      steps: [
        askChat('Reply with exactly: OK', {
          user: 'u-1',
          safety_identifier: 's-1',
          prompt_cache_key: 'k-1',
          service_tier: 'auto',
          store: false,
        }),
      ],
      expect: [isServed],
    },
    {
      id: 'CHAT-12',
      level: 'should',
      kind: 'wire',
      title: 'two requests at the same time are both answered, each with its own text',
      source: 'llama.cpp test_completion_parallel_slots',
      steps: [[askChat('Reply with exactly: alpha'), askChat('Reply with exactly: bravo')]],
      expect: [
        own(atEveryStep(hasStatus(200))),
        own({
          says: 'neither text is in the other answer',
          judge: (second, [first]) => {
            const crossed = /bravo/i.test(first === undefined ? '' : textOf(first)) || /alpha/i.test(textOf(second));
            return crossed ? { broken: [first, second].map((seen) => seen && textOf(seen)).join(' / ') } : 'held';
          },
        }),
      ],
    },
    {
      id: 'CHAT-13',
      level: 'info',
      kind: 'wire',
      title: 'fields that readers do not know (annotations, audio, reasoning, x_groq) break none of them',
      source: 'recorded traffic',
      steps: [],
      expect: [],
      untested: 'a claim about readers, not about endpoints: the benign variations of the mutation proof hold it',
    },
  ],
};
