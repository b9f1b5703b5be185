import type { Capability, Expectation, JsonValue, RecordedRequest } from '../case.ts';
import { readObjects } from '../../json.ts';
import { askChat, askMessages, assistant, type Fields, user } from '../chat-request.ts';
import { countsMore, isAnswered, says, saysTheSame } from '../expectations/answered.ts';
import { textOf } from '../expectations/body.ts';
import { atEveryStep, atStep } from '../expectations/expectation.ts';
import { describeAnswer, hasErrorMessage, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { redImage } from '../images.ts';
import { hasRole, isChat, messagesOf } from '../recorded.ts';
import { weather } from '../tools.ts';

const reference = 'https://platform.openai.com/docs/api-reference/chat/create';
const system = (content: JsonValue): Fields => ({ role: 'system', content });
const developer = (content: JsonValue): Fields => ({ role: 'developer', content });
const text = (words: string) => ({ type: 'text', text: words });
const pineapple = 'Whatever the user says, reply with exactly: PINEAPPLE';
// Some templates have a longer system prompt of their own where a request has none.
const short = 'Hi.';
const call = {
  id: 'call_a1b2c3d4e5f6g7h8i9j0k1l2',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
};

/** A part that the endpoint does not read is refused by name, or read; answered as if it were not there is the worst. */
const servesOrNames = (kind: RegExp): Expectation => ({
  says: 'it is served, or refused with an error that names the part',
  judge: (seen) => {
    if (seen.status >= 200 && seen.status < 300) return 'held';
    if (seen.status >= 500 || seen.status === 0) return { broken: describeAnswer(seen) };
    return kind.test(seen.text) ? 'held' : { broken: describeAnswer(seen) };
  },
});

/** Whether a part of a message says not what it is. */
const hasUntypedPart = (body: RecordedRequest['body']): boolean =>
  messagesOf(body).some(({ content }) => readObjects(content).some(({ type }) => type === undefined));

/** An image where none can be must not go unsaid. */
const noticesImage: Expectation = {
  says: 'the image is refused, or the answer shows that it was seen',
  judge: (seen) => {
    if (seen.status >= 400 && seen.status < 500) return 'held';
    if (seen.status !== 200) return { broken: describeAnswer(seen) };
    if (seen.headers['x-migrate-llm-notes'] !== undefined || seen.headers['warning'] !== undefined) return 'held';
    return /\bred\b/i.test(textOf(seen))
      ? 'held'
      : { broken: `answered without a word about it: ${describeAnswer(seen)}` };
  },
};

/** Roles and content parts. */
export const roles: Capability = {
  name: 'Roles and content parts',
  cases: [
    {
      id: 'ROLE-01',
      level: 'must',
      kind: 'wire',
      title: 'a system message is read',
      source: `${reference}; openresponses system-prompt`,
      steps: [[askMessages([system(short), user('Hello!')]), askMessages([system(pineapple), user('Hello!')])]],
      expect: [isAnswered, countsMore, says(/pineapple/i)],
      applies: isChat({ stream: false, status: 200, where: hasRole('system') }),
    },
    {
      id: 'ROLE-02',
      level: 'should',
      kind: 'wire',
      title: 'a developer message is read as a system message is',
      source: `${reference}; litellm test_developer_role_translation`,
      steps: [[askMessages([developer(short), user('Hello!')]), askMessages([developer(pineapple), user('Hello!')])]],
      expect: [isServed, isAnswered, countsMore, says(/pineapple/i)],
      applies: isChat({ stream: false, status: 200, where: hasRole('developer') }),
    },
    {
      id: 'ROLE-03',
      level: 'must',
      kind: 'wire',
      title: 'content as a list of text parts is read as the text itself',
      source: `${reference}; litellm test_content_list_handling`,
      steps: [[askChat('Reply with exactly: ORCHID'), askMessages([user([text('Reply with exactly: ORCHID')])])]],
      expect: [isAnswered, saysTheSame('as that of the same request with a plain text')],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => messagesOf(body).some(({ content }) => Array.isArray(content)),
      }),
    },
    {
      id: 'ROLE-04',
      level: 'should',
      kind: 'wire',
      title: 'every text part of a message is read',
      source: 'llama.cpp test_chat_completion parts case',
      steps: [
        [
          askMessages([user([text('My code word is ORCHID.')])]),
          askMessages([user([text('My code word is ORCHID.'), text('What is my code word?')])]),
        ],
      ],
      expect: [isAnswered, countsMore, says(/orchid/i)],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => messagesOf(body).some(({ content }) => Array.isArray(content) && content.length > 1),
      }),
    },
    {
      id: 'ROLE-05',
      level: 'should',
      kind: 'wire',
      title: 'a system message that is not first, or a second one, is read or refused with 4xx',
      source: 'recorded traffic; llama.cpp chat templates',
      steps: [
        [
          askMessages([user('Hello!'), system('Answer in one word.')]),
          askMessages([system('Answer in one word.'), system('Be polite.'), user('Hello!')]),
        ],
      ],
      expect: [atEveryStep(isServedOrRefused)],
      applies: isChat({
        where: (body) =>
          messagesOf(body)
            .slice(1)
            .some(({ role }) => role === 'system'),
      }),
    },
    {
      id: 'ROLE-06',
      level: 'should',
      kind: 'wire',
      title: 'two messages of one role in a row are read or refused with 4xx',
      source: 'llama.cpp test_invalid_chat_completion_req',
      steps: [
        [
          askMessages([user('My code word is ORCHID.'), user('What is my code word?')]),
          askMessages([user('Hello!'), assistant('Hi.'), assistant('What can I do?'), user('Say yes.')]),
        ],
      ],
      expect: [atEveryStep(isServedOrRefused)],
      applies: isChat({
        where: (body) => {
          const all = messagesOf(body).map(({ role }) => role);
          return all.some((role, at) => at > 0 && role !== 'tool' && role === all[at - 1]);
        },
      }),
    },
    {
      id: 'ROLE-07',
      level: 'should',
      kind: 'wire',
      title: 'a last message of the assistant is continued, answered, or refused with 4xx',
      source: 'llama.cpp assistant_prefill; TGI test_continue_final_message',
      steps: [askMessages([user('Count from 1 to 5.'), assistant('1, 2,')])],
      expect: [isServedOrRefused],
      applies: isChat({ where: (body) => messagesOf(body).at(-1)?.['role'] === 'assistant' }),
    },
    {
      id: 'ROLE-08',
      level: 'should',
      kind: 'wire',
      title: 'an empty text of the user is answered or refused with 4xx',
      source: 'Mirascope test_call_with_empty_string',
      steps: [[askChat(''), askMessages([user([])])]],
      expect: [atEveryStep(isServedOrRefused)],
      applies: isChat({
        where: (body) => messagesOf(body).some(({ role, content }) => role === 'user' && content === ''),
      }),
    },
    {
      id: 'ROLE-09',
      level: 'must',
      kind: 'wire',
      title: 'a message of the assistant with calls and content null is taken as history',
      source: `${reference}; litellm tool_call_no_arguments`,
      needs: 'tools',
      steps: [
        askMessages(
          [
            user('What is the weather in Paris?'),
            assistant(null, { tool_calls: [call] }),
            { role: 'tool', tool_call_id: call.id, content: 'sunny, 21 degrees' },
          ],
          { tools: [weather] },
        ),
      ],
      expect: [isAnswered],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) =>
          messagesOf(body).some(
            ({ role, content, tool_calls: calls }) => role === 'assistant' && content === null && Array.isArray(calls),
          ),
      }),
    },
    {
      id: 'ROLE-10',
      level: 'should',
      kind: 'wire',
      title: 'a role that does not exist is refused with 400',
      source: 'vLLM test_custom_role (which takes any role)',
      steps: [askMessages([{ role: 'narrator', content: 'Once upon a time' }, user('Hello!')])],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'ROLE-11',
      level: 'must',
      kind: 'wire',
      title: 'messages that are none are refused with 400, never with 500',
      source: 'llama.cpp test_invalid_chat_completion_req; webai missing_messages',
      steps: [
        [undefined, null, 'Hello!', [123], [{}], [{ role: 7, content: 'Hello!' }], [user(7)]].map((messages) => ({
          path: '/chat/completions',
          body: { model: '$model', max_tokens: 8, messages: messages as JsonValue | undefined },
        })),
      ],
      expect: [atEveryStep(isRejected()), atEveryStep(hasErrorMessage)],
      applies: isChat({ where: hasUntypedPart }),
    },
    {
      id: 'ROLE-12',
      level: 'should',
      kind: 'wire',
      title: 'an empty list of messages is refused with 400',
      source: 'am-i-openai-compatible README; vLLM',
      steps: [askMessages([])],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'ROLE-13',
      level: 'should',
      kind: 'wire',
      title: 'an image in a system message is not left out silently',
      source: 'vLLM test_system_message_warns_on_image',
      steps: [
        askMessages([
          system([text('Answer questions about this picture.'), { type: 'image_url', image_url: { url: redImage } }]),
          user('Which colour is the picture?'),
        ]),
      ],
      expect: [noticesImage],
    },
    {
      id: 'ROLE-14',
      level: 'should',
      kind: 'wire',
      title: 'file and audio parts are read, or refused with an error that names them',
      source: 'litellm test_pdf_handling, test_audio_input; openresponses file-input',
      steps: [
        [
          askMessages([
            user([
              text('What does this file say?'),
              { type: 'file', file: { filename: 'note.txt', file_data: 'data:text/plain;base64,T1JDSElE' } },
            ]),
          ]),
          askMessages([
            user([
              text('What is said here?'),
              {
                type: 'input_audio',
                input_audio: { data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=', format: 'wav' },
              },
            ]),
          ]),
        ],
      ],
      expect: [atStep(0, servesOrNames(/file|part|type/i)), atStep(1, servesOrNames(/audio|part|type/i))],
    },
  ],
};
