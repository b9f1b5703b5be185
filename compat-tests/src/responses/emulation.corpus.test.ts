import { createFetch } from '@migrate-llm/shim/fetch';
import { describe, expect, test } from 'vitest';
import { isObject, type JsonObject, readObjects } from '../json.ts';
import { readTraffic, replayRow, type TrafficRow } from '../traffic.test-rows.ts';
import { readResponsesEvents } from './read-events.ts';
import { checkResponsesStream, type StreamEvent } from './stream-rules.ts';

// Every chat answer recorded with an open endpoint, asked for as a response: the stream keeps the rules that OpenAI's own keep, and says what the
// chat answer says.

const rows = readTraffic('open-endpoints').filter(({ endpoint }) => endpoint === 'chat.completions');

const send = (row: TrafficRow) =>
  createFetch({
    target: { dialect: 'openai-compatible', baseURL: 'http://recorded.test/v1' },
    policy: 'silent',
    fetch: async () => replayRow(row),
  });

const post = async (row: TrafficRow, path: string, body: JsonObject) =>
  send(row)(`https://api.openai.com/v1${path}`, { method: 'POST', body: JSON.stringify(body) });

/** The recorded tools, so that the same passes see the same request. */
const chatTools = ({ request }: TrafficRow) =>
  readObjects(request?.body?.['tools']).filter((tool) => tool['type'] === 'function' && isObject(tool['function']));

async function askResponses(row: TrafficRow, stream: boolean) {
  const tools = chatTools(row).map((tool) => ({ type: 'function', ...(tool['function'] as JsonObject) }));
  const response = await post(row, '/responses', {
    model: 'm',
    input: 'x',
    store: false,
    stream,
    ...(tools.length > 0 ? { tools } : {}),
  });
  return { status: response.status, text: await response.text() };
}

/** What a chat answer says, told without the code under test. */
async function askChat(row: TrafficRow) {
  const tools = chatTools(row);
  const response = await post(row, '/chat/completions', {
    model: 'm',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 ? { tools } : {}),
  });
  const said = {
    status: response.status,
    text: '',
    reasoning: '',
    calls: [] as Array<{ name: string; args: string }>,
    finish: '',
    failed: false,
    usage: undefined as unknown,
  };
  if (response.status >= 400) return said;
  for (const line of (await response.text()).split('\n')) {
    if (!line.startsWith('data: {')) continue;
    const chunk = JSON.parse(line.slice(6)) as JsonObject;
    if (chunk['error'] !== undefined) said.failed = true;
    if (isObject(chunk['usage'])) said.usage = chunk['usage'];
    for (const choice of readObjects(chunk['choices'])) {
      if (choice['index'] !== 0) continue;
      const delta = choice['delta'] as JsonObject;
      if (typeof delta['content'] === 'string') said.text += delta['content'];
      if (typeof delta['refusal'] === 'string') said.text += delta['refusal'];
      if (typeof delta['reasoning_content'] === 'string') said.reasoning += delta['reasoning_content'];
      for (const piece of readObjects(delta['tool_calls'])) {
        const call = (said.calls[Number(piece['index'])] ??= { name: '', args: '' });
        const fn = piece['function'] as JsonObject;
        call.name += typeof fn['name'] === 'string' ? fn['name'] : '';
        call.args += typeof fn['arguments'] === 'string' ? fn['arguments'] : '';
      }
      if (typeof choice['finish_reason'] === 'string') said.finish = choice['finish_reason'];
    }
  }
  return said;
}

const textOf = (item: JsonObject) =>
  readObjects(item['content'])
    .map((part) => String(part['text'] ?? part['refusal']))
    .join('');
const ofType = (output: readonly JsonObject[], type: string) => output.filter((item) => item['type'] === type);

/** What a response says. */
function readOutput(response: JsonObject) {
  const output = readObjects(response['output']);
  return {
    text: ofType(output, 'message').map(textOf).join(''),
    reasoning: ofType(output, 'reasoning').map(textOf).join(''),
    calls: ofType(output, 'function_call').map((item) => ({ name: item['name'], args: item['arguments'] })),
  };
}

const last = (events: readonly StreamEvent[]) => events.at(-1)?.data ?? {};

/** What an answer says with the recording it belongs to, so that a difference names it. */
const named = (row: TrafficRow, said: object) => ({ row: `${row.provider} ${row.id}`, ...said });

describe('recorded chat answers as responses', () => {
  test('as streams: the rules hold, and nothing is lost', async () => {
    const counts = { completed: 0, incomplete: 0, failed: 0, refused: 0 };
    for (const row of rows) {
      const chat = await askChat(row);
      const { status, text } = await askResponses(row, true);
      if (chat.status >= 400) {
        expect(named(row, { refused: status >= 400 })).toEqual(named(row, { refused: true }));
        counts.refused += 1;
        continue;
      }
      const events = readResponsesEvents(text);
      const end = last(events);
      const problems = checkResponsesStream(events);
      if (chat.failed) {
        expect(named(row, { problems, type: end['type'] })).toEqual(
          named(row, { problems: [], type: 'response.failed' }),
        );
        counts.failed += 1;
        continue;
      }
      const type = chat.finish === 'length' || chat.finish === 'content_filter' ? 'incomplete' : 'completed';
      const response = isObject(end['response']) ? end['response'] : {};
      const usage = isObject(response['usage']) ? response['usage'] : {};
      const counted = isObject(chat.usage) ? chat.usage : {};
      expect(
        named(row, {
          problems,
          type: end['type'],
          ...readOutput(response),
          usage: [usage['input_tokens'], usage['output_tokens'], usage['total_tokens']],
        }),
      ).toEqual(
        named(row, {
          problems: [],
          type: `response.${type}`,
          text: chat.text,
          reasoning: chat.reasoning,
          calls: chat.calls,
          usage: [counted['prompt_tokens'], counted['completion_tokens'], counted['total_tokens']],
        }),
      );
      counts[type] += 1;
    }
    console.log(`${rows.length} recorded chat answers as Responses streams:`, counts);
    expect(counts.completed).toBeGreaterThan(700);
  });

  test('as one answer: what the end of the stream says', async () => {
    const settled = ({ status, incomplete_details: why, usage }: JsonObject) => ({ status, why, usage });
    for (const row of rows) {
      const whole = await askResponses(row, false);
      const streamed = await askResponses(row, true);
      const end = last(readResponsesEvents(streamed.text));
      const failed = streamed.status >= 400 || end['type'] === 'response.failed';
      expect(named(row, { failed: whole.status >= 400 })).toEqual(named(row, { failed }));
      if (failed) continue;
      const response = JSON.parse(whole.text) as JsonObject;
      const final = end['response'] as JsonObject;
      // A whole answer does not tell whether a text came before or after a call.
      expect(named(row, { ...readOutput(response), ...settled(response) })).toEqual(
        named(row, { ...readOutput(final), ...settled(final) }),
      );
    }
  });
});
