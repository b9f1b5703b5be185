import { describe, expect, test } from 'vitest';
import { readRecordedAnswer } from './answer.ts';
import type { Candidate } from './candidate.ts';
import {
  chatAnswer,
  chatRequest,
  chunk,
  makeExchange,
  type Sketch,
  tool,
  toolCall,
} from './exchanges.test-material.ts';
import { compare } from './parity.ts';

const json = (body: unknown, status = 200): Response => Response.json(body, { status });
const answering = (answer: Response | (() => Response)): Candidate => ({
  name: 'stub',
  fetch: async () => (typeof answer === 'function' ? answer() : answer.clone()),
});

/** Compares one sketch with one answer and gives the checks as `check verdict`. */
async function judge(sketch: Sketch, answer: Response): Promise<string[]> {
  const { results } = await compare({ recordings: [makeExchange(sketch)], candidate: answering(answer) });
  return (results[0]?.checks ?? []).map(({ check, verdict }) => `${check} ${verdict}`);
}

const text = { request: chatRequest(), answer: chatAnswer({ content: 'Hello' }) };
const tools = [tool('get_weather'), tool('get_time')];
const weather = toolCall('get_weather', '{"city":"Paris"}');
const called = { request: chatRequest({ tools }), answer: chatAnswer({ tool_calls: [weather] }, 'tool_calls') };

describe('tools', () => {
  test.each([
    [
      'the same call, other words in it',
      [toolCall('get_weather', '{"city":"Rome"}')],
      ['tool-trigger PASS', 'tool-name PASS', 'tool-arguments PASS'],
    ],
    ['no call', [], ['tool-trigger FAIL']],
    [
      'another tool',
      [toolCall('get_time', '{"city":"Paris"}')],
      ['tool-trigger PASS', 'tool-name FAIL', 'tool-arguments PASS'],
    ],
    ['a tool that does not exist', [toolCall('get_rain', '{}')], ['tool-trigger PASS', 'tool-name FAIL']],
    [
      'arguments that do not fit',
      [toolCall('get_weather', '{"city":7}')],
      ['tool-trigger PASS', 'tool-name PASS', 'tool-arguments FAIL'],
    ],
    [
      'arguments that are no JSON',
      [toolCall('get_weather', '{"city":')],
      ['tool-trigger PASS', 'tool-name PASS', 'tool-arguments FAIL'],
    ],
    [
      'an argument too many',
      [toolCall('get_weather', '{"city":"x","unit":"C"}')],
      ['tool-trigger PASS', 'tool-name PASS', 'tool-arguments FAIL'],
    ],
    [
      'the same tool twice',
      [weather, { ...weather, id: 'call_2' }],
      ['tool-trigger PASS', 'tool-name WARN', 'tool-arguments PASS', 'tool-arguments PASS'],
    ],
  ])('%s', async (_name, calls, expected) => {
    const message = calls.length > 0 ? { tool_calls: calls } : { content: 'It is sunny.' };
    const checks = await judge(called, json(chatAnswer(message, calls.length > 0 ? 'tool_calls' : 'stop')));
    expect(checks.filter((check) => check.startsWith('tool'))).toEqual(expected);
  });

  test('a tool that the request does not have is named as such', async () => {
    const answer = json(chatAnswer({ tool_calls: [toolCall('get_rain', '{}')] }, 'tool_calls'));
    const { results } = await compare({ recordings: [makeExchange(called)], candidate: answering(answer) });
    const check = results[0]?.checks.find((held) => held.check === 'tool-name');
    expect(check).toMatchObject({ expected: 'one of get_weather, get_time', got: 'get_rain' });
  });

  test('arguments streamed in pieces are put together', async () => {
    const pieces = ['{"ci', 'ty":', '"Rome"}'].map((part) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }),
    );
    const start = chunk({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, ...toolCall('get_weather', '') }],
    });
    const sketch = {
      request: chatRequest({ tools, stream: true }),
      answer: [start, ...pieces, chunk({}, 'tool_calls')],
    };
    const wire = readRecordedAnswer(makeExchange(sketch)).text;
    const answer = new Response(wire, { headers: { 'content-type': 'text/event-stream' } });
    expect(await judge(sketch, answer)).toContain('tool-arguments PASS');
  });

  test('a call where OpenAI answered with text is a difference too', async () => {
    const sketch = { request: chatRequest({ tools }), answer: chatAnswer({ content: 'Hello' }) };
    expect(await judge(sketch, json(called.answer))).toContain('tool-trigger FAIL');
  });

  test('a lost call in a stream is found', async () => {
    const call = chunk({ tool_calls: [{ index: 0, ...weather }] });
    const sketch = {
      request: chatRequest({ tools, stream: true }),
      answer: [chunk({ role: 'assistant', content: null }), call, chunk({}, 'tool_calls')],
    };
    const events = [chunk({ role: 'assistant', content: 'Sunny.' }), chunk({}, 'stop')];
    const body = [...events.map((event) => JSON.stringify(event)), '[DONE]']
      .map((data) => `data: ${data}\n\n`)
      .join('');
    const answer = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    expect(await judge(sketch, answer)).toEqual(['wire-shape PASS', 'tool-trigger FAIL']);
  });
});

test('a rule that the recorded answer breaks is not held against the candidate, any other is', async () => {
  const bare = (message: object) => ({
    ...chatAnswer({}),
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hi', ...message }, logprobs: null, finish_reason: 'stop' },
    ],
  });
  const old = { request: chatRequest(), answer: bare({}) };
  expect(await judge(old, json(bare({})))).toContain('wire-shape PASS');
  expect(await judge(old, json({ ...bare({}), usage: undefined }))).toContain('wire-shape FAIL');
  expect(await judge(text, json(bare({})))).toContain('wire-shape FAIL');
});

describe('how answers end', () => {
  test.each([
    ['stop', 'stop', 'PASS'],
    ['stop', 'length', 'FAIL'],
    ['length', 'stop', 'INFO'],
    ['length', 'length', 'PASS'],
    ['stop', 'content_filter', 'FAIL'],
  ])('%s on OpenAI, %s here: %s', async (before, after, verdict) => {
    const sketch = { request: chatRequest(), answer: chatAnswer({ content: 'Hello' }, before) };
    expect(await judge(sketch, json(chatAnswer({ content: 'Hi' }, after)))).toContain(`finish-reason ${verdict}`);
  });

  test("a forced call may end with stop, as OpenAI's older models end it", async () => {
    const sketch = { ...called, answer: chatAnswer({ tool_calls: [weather] }, 'stop') };
    expect(await judge(sketch, json(called.answer))).toContain('finish-reason PASS');
  });

  test('a refusal where OpenAI answered', async () => {
    expect(await judge(text, json(chatAnswer({ content: null, refusal: 'I cannot.' })))).toContain('refusal FAIL');
  });
});

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };
  const format = (extra: object) => ({
    response_format: { type: 'json_schema', json_schema: { name: 's', ...extra } },
  });
  const sketch = { request: chatRequest(format({ schema, strict: true })), answer: chatAnswer({ content: '{"n":1}' }) };

  test.each([
    ['{"n":42}', 'PASS'],
    ['{"n":"1"}', 'FAIL'],
    ['{"n":1', 'FAIL'],
    ['{}', 'FAIL'],
    ['{"n":1,"m":2}', 'FAIL'],
    ['```json\n{"n":1}\n```', 'FAIL'],
  ])('%s: %s', async (content, verdict) => {
    expect(await judge(sketch, json(chatAnswer({ content })))).toContain(`json-schema ${verdict}`);
  });

  test('what the recorded answer does not hold is not asked of the candidate', async () => {
    const odd = { ...sketch, answer: chatAnswer({ content: 'no JSON' }) };
    expect(await judge(odd, json(chatAnswer({ content: '{}' })))).toContain('json-schema NOT COMPARABLE');
  });

  test('a schema of draft-07 is read as one: tuples, definitions', async () => {
    const pair = { type: 'array', items: [{ type: 'integer' }, { $ref: '#/definitions/n' }], additionalItems: false };
    const old = { $schema: 'http://json-schema.org/draft-07/schema#', definitions: { n: schema }, ...pair };
    const tuple = { request: chatRequest(format({ schema: old })), answer: chatAnswer({ content: '[1,{"n":1}]' }) };
    expect(await judge(tuple, json(chatAnswer({ content: '[2,{"n":3}]' })))).toContain('json-schema PASS');
    expect(await judge(tuple, json(chatAnswer({ content: '[2,{"n":"3"}]' })))).toContain('json-schema FAIL');
    expect(await judge(tuple, json(chatAnswer({ content: '[2,{"n":3},4]' })))).toContain('json-schema FAIL');
  });
});

describe('embeddings', () => {
  const vectors = (...data: unknown[]) => ({
    object: 'list',
    model: 'm',
    data: data.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
  const base64 = (...numbers: number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64');
  const request = { model: 'e', input: ['a', 'b'], encoding_format: 'base64' };
  const sketch = { path: '/embeddings', request, answer: vectors(base64(1, 0), base64(0, 1)) };
  const pass = ['embedding-count PASS', 'embedding-format PASS', 'embedding-width PASS'];

  test.each([
    ['as many of the same width', vectors(base64(0.5, 1), base64(1, 1)), pass],
    ['another width', vectors(base64(1, 2, 3), base64(1, 2, 3)), [...pass.slice(0, 2), 'embedding-width INFO']],
    ['one too few', vectors(base64(1, 0)), ['embedding-count FAIL', ...pass.slice(1)]],
    [
      'floats for base64',
      vectors([1, 0], [0, 1]),
      ['embedding-count PASS', 'embedding-format FAIL', 'embedding-width PASS'],
    ],
    ['widths that differ', vectors(base64(1, 0), base64(1)), [...pass.slice(0, 2), 'embedding-width FAIL']],
    ['zeros only', vectors(base64(0, 0), base64(1, 0)), [...pass.slice(0, 2), 'embedding-width FAIL']],
  ])('%s', async (_name, body, expected) => {
    expect(await judge(sketch, json(body))).toEqual(['wire-shape PASS', ...expected]);
  });

  test('a width that was asked for must come', async () => {
    const asked = { ...sketch, request: { ...request, dimensions: 2 } };
    expect(await judge(asked, json(vectors(base64(1, 2, 3), base64(1, 2, 3))))).toContain('embedding-width FAIL');
  });
});

describe('errors', () => {
  const error = (code: string | number | null, message = 'no') => ({
    error: { message, type: 'invalid_request_error', param: null, code },
  });
  const tooLong = { request: chatRequest(), status: 400, answer: error('context_length_exceeded') };

  test.each([
    [
      'the same',
      json(error('context_length_exceeded'), 400),
      ['error-class PASS', 'error-code PASS', 'wire-shape PASS'],
    ],
    ['another class', json(error('context_length_exceeded'), 500), ['error-class FAIL', 'wire-shape PASS']],
    ['another code', json(error(null), 400), ['error-class PASS', 'error-code FAIL', 'wire-shape PASS']],
    ['a numeric code', json(error(400), 400), ['error-class PASS', 'error-code FAIL', 'wire-shape FAIL']],
    ['no envelope', json({ detail: 'no' }, 400), ['error-class PASS', 'error-code FAIL', 'wire-shape FAIL']],
    ['an empty answer', json(chatAnswer({ content: '' })), ['error-class FAIL']],
    ['no body', json({}), ['error-class FAIL']],
    ['a real answer', json(chatAnswer({ content: 'Of course.' })), ['error-class WARN']],
  ])('%s', async (_name, answer, expected) => {
    expect(await judge(tooLong, answer)).toEqual(expected);
  });

  test('a rejected key is compared with a wrong key only', async () => {
    const recordings = [makeExchange({ request: chatRequest(), status: 401, answer: error('invalid_api_key') })];
    const good = answering(json(chatAnswer({ content: 'Hi' })));
    const open = await compare({ recordings, candidate: good });
    expect(open.results[0]?.obstacle?.reason).toContain('no key can be wrong');
    expect(open.verdict).toBe('INCONCLUSIVE');
    const rejecting = { ...good, wrongKeyFetch: answering(json(error('invalid_api_key'), 401)).fetch };
    expect((await compare({ recordings, candidate: rejecting })).verdict).toBe('WIRE-SAFE');
    expect(
      (await compare({ recordings, candidate: { ...good, wrongKeyFetch: good.fetch } })).results[0]?.checks[0],
    ).toMatchObject({
      check: 'error-class',
      verdict: 'WARN',
    });
  });

  test.each([429, 500, 503])('%i cannot be provoked, and is counted', async (status) => {
    const recordings = [makeExchange({ request: chatRequest(), status, answer: error(null) })];
    let asked = 0;
    const candidate = answering(() => json({ asked: (asked += 1) }));
    const report = await compare({ recordings, candidate });
    expect(asked).toBe(0);
    expect(report.results[0]?.obstacle).toMatchObject({ open: false });
    expect(report.verdict).toBe('INCONCLUSIVE');
  });

  test('a model that the settings map is not held against the candidate', async () => {
    const recordings = [makeExchange({ request: chatRequest(), status: 404, answer: error('model_not_found') })];
    const answer = json(chatAnswer({ content: 'Hi' }));
    const note = { code: 'model-routed', severity: 'info', where: '', what: '', why: '', fix: '' } as const;
    const notes = [[], [note]];
    const mapped = { ...answering(answer), takeNotes: () => notes.shift() ?? [] };
    expect((await compare({ recordings, candidate: mapped })).results[0]?.obstacle?.reason).toContain('map');
    expect((await compare({ recordings, candidate: answering(answer) })).results[0]?.checks[0]?.verdict).toBe('WARN');
  });
});

describe('verdicts', () => {
  const both = [makeExchange({ ...text, id: 'a' }), makeExchange({ ...text, id: 'b', provenance: 'recorded' })];
  const hello = chatAnswer({ content: 'Good day' });

  test('parity of the wire is all that single answers show, recorded ones too', async () => {
    const report = await compare({ recordings: both, candidate: answering(json(hello)) });
    expect(report).toMatchObject({ verdict: 'WIRE-SAFE', evidence: { recorded: 1, synthetic: 1, documented: 0 } });
    expect(report.reason).toContain('nothing is said about how good the answers are');
  });

  test('one failure against a made-up recording is enough, as that has no noise to excuse it', async () => {
    const made = [makeExchange({ ...text, id: 'b', provenance: 'recorded' }), makeExchange({ ...text, id: 'a' })];
    const answers = [json(hello), json(chatAnswer({ content: 'Good' }, 'length'))];
    const candidate = answering(() => answers.shift() as Response);
    const report = await compare({ recordings: made, candidate });
    expect(report).toMatchObject({ verdict: 'NOT SAFE', reason: '1 exchange of 2 would break the app' });
    const failure = report.results[1]?.checks.find(({ verdict }) => verdict === 'FAIL');
    expect(failure).toMatchObject({ check: 'finish-reason', expected: 'stop', got: 'length' });
    expect(failure?.why).not.toBe('');
    expect(failure?.fix).not.toBe('');
  });

  test('one failure against recorded traffic may be noise: that is to be measured first', async () => {
    const answers = [json(hello), json(chatAnswer({ content: 'Good' }, 'length'))];
    const report = await compare({ recordings: both, candidate: answering(() => answers.shift() as Response) });
    expect(report.verdict).toBe('INCONCLUSIVE');
    expect(report.reason).toContain('migrate-llm baseline');
  });

  test('repeats of the old model are not asked again, and measure its noise', async () => {
    const own = makeExchange({ ...text, id: 'own', provenance: 'recorded' });
    const again = {
      ...makeExchange({ ...text, answer: chatAnswer({ content: 'Hel' }, 'length') }),
      repeat: 1,
      of: 'own',
    };
    const asked: string[] = [];
    const candidate = { name: 'stub', fetch: async () => (asked.push('once'), json(hello)) };
    const report = await compare({
      recordings: [own, { ...again, id: 'own-1' }, { ...again, id: 'lost', of: 'gone' }],
      candidate,
    });
    expect(asked).toEqual(['once']);
    expect(report.evidence).toEqual({ recorded: 1, documented: 0, synthetic: 0 });
    const [site] = report.sites;
    expect(site).toMatchObject({ exchanges: 1, repeats: 1 });
    expect(site?.metrics.find(({ check }) => check === 'finish-reason')).toMatchObject({
      candidate: { held: 1, asked: 1 },
      oldModel: { held: 0, asked: 1 },
      difference: { mean: 1 },
    });
  });

  test.each([
    ['rejects the key', () => json({ error: { message: 'bad key' } }, 401), 'rejects the key'],
    ['answers nothing', () => json({ error: { message: 'File Not Found' } }, 404), 'base URL'],
    [
      'is out of reach',
      () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
      },
      'ECONNREFUSED',
    ],
  ])('an endpoint that %s leaves it open', async (_name, answer, reason) => {
    const report = await compare({ recordings: both, candidate: answering(answer) });
    expect(report.verdict).toBe('INCONCLUSIVE');
    expect(report.reason).toContain(reason);
  });

  test('an endpoint that never answers leaves it open', async () => {
    const fetch: Candidate['fetch'] = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    const report = await compare({ recordings: both.slice(0, 1), candidate: { name: 'slow', fetch }, timeoutMs: 50 });
    expect(report).toMatchObject({ verdict: 'INCONCLUSIVE' });
    expect(report.reason).toContain('no answer within 0.05 s');
  });

  test('a busy endpoint is asked again', async () => {
    const answers = [json({ error: { message: 'busy' } }, 429), json(hello)];
    const candidate = answering(() => answers.shift() as Response);
    const report = await compare({ recordings: both.slice(0, 1), candidate });
    expect(report.verdict).toBe('WIRE-SAFE');
  });

  test('an error where OpenAI answered breaks the app', async () => {
    const answers = [json(hello), json({ error: { message: 'no such parameter' } }, 400)];
    const report = await compare({ recordings: both, candidate: answering(() => answers.shift() as Response) });
    expect(report.results[1]?.checks).toMatchObject([{ check: 'answered', verdict: 'FAIL' }]);
    expect(report.results[1]?.checks[0]?.got).toContain('BadRequestError 400: no such parameter');
  });

  test('an endpoint that is not compared yet is said, and nothing is sent', async () => {
    const recordings = [makeExchange({ ...text, path: '/audio/speech' })];
    const report = await compare({
      recordings,
      candidate: answering(() => {
        throw new Error('asked');
      }),
    });
    expect(report.results[0]?.obstacle?.reason).toBe('POST /audio/speech is not compared by this version');
  });

  test('progress counts every exchange', async () => {
    const seen: string[] = [];
    const onProgress = ({ done, total, result }: { done: number; total: number; result: { id: string } }) =>
      seen.push(`${done}/${total} ${result.id}`);
    await compare({ recordings: both, candidate: answering(json(hello)), onProgress });
    expect(seen).toEqual(['1/2 a', '2/2 b']);
  });
});
