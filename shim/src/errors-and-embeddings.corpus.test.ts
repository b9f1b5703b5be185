import type { APIError } from 'openai';
import { describe, expect, test } from 'vitest';
import { countPromptWords } from './answer/prompt-cut.ts';
import { type Major, majors } from './majors.test-sdks.ts';
import { openClient } from './recorded.test-client.ts';
import { listEvents, openRecording, readMeaning, type RecordedRow, readTraffic } from './recorded.test-traffic.ts';
import { isObject, type WireObject } from './wire.ts';

const rows = readTraffic('open-endpoints');

/** The endpoint's list of models is not part of a recording. */
const openEndpoint = (row: RecordedRow, major: Major) =>
  openClient(row, major, (input) =>
    String(input).endsWith('/models') && row.endpoint !== 'models'
      ? new Response('{"detail":"Not Found"}', { status: 404 })
      : openRecording(row),
  );

/** Words of a body: every text in it that a person would read. */
function readWords(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return Array.isArray(value) ? value.flatMap(readWords) : [];
  return ['message', 'msg', 'detail', 'error', 'error_msg'].flatMap((key) => readWords(value[key]));
}

/** The class of the SDK's error that OpenAI's answer would have been. */
const classes: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  502: 'InternalServerError',
};
/** By what the recording says, written down apart from the code under test. */
function expectKind({ response }: RecordedRow): { status?: number; code?: string } {
  const text = JSON.stringify(response.body ?? '');
  if (/(image|audio) input is not supported/.test(text)) return { status: 400, code: 'invalid_value' };
  if (/context size has been exceeded/i.test(text)) return { status: 400, code: 'context_length_exceeded' };
  if (/api.?key|credentials|Unauthorized|Authentication Fails/i.test(text) && response.status < 404)
    return { status: 401, code: 'invalid_api_key' };
  if (/credits/i.test(text)) return { status: 429, code: 'insufficient_quota' };
  if (/Rate limit exceeded/.test(text)) return { status: 429, code: 'rate_limit_exceeded' };
  if (/bad model|llama-3.3-70b-versatlie|non-existent|Model Not Exist/i.test(text))
    return { status: 404, code: 'model_not_found' };
  return response.status >= 400 ? { status: response.status } : {};
}

test('no recorded prompt counts fewer tokens than it has words: the sign of a cut prompt is sure', () => {
  const prompts = [...rows, ...readTraffic('openai')].filter(({ endpoint }) => endpoint === 'chat.completions');
  let measured = 0;
  for (const row of prompts) {
    const { usage } = readMeaning(listEvents(row));
    const counted = isObject(usage) ? Number(usage['prompt_tokens'] ?? 0) : 0;
    if (counted === 0 || row.request?.body === null || row.request?.body === undefined) continue;
    measured += 1;
    expect([row.id, counted >= countPromptWords(row.request.body)]).toEqual([row.id, true]);
  }
  expect(measured).toBeGreaterThan(1200);
});

describe.each(majors)('$name', (major) => {
  test('every recorded error is the SDK’s error that OpenAI would have caused', async () => {
    const failing = rows.filter(
      ({ endpoint, response }) =>
        endpoint === 'chat.completions' &&
        (response.status >= 400 || (isObject(response.body) && isObject(response.body['error']))),
    );
    expect(failing.length).toBeGreaterThan(150);
    const table = new Map<string, number>();
    for (const row of failing) {
      const { client, notes } = openEndpoint(row, major);
      const error = await client.chat.completions
        .create({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
        .then(() => undefined)
        .catch((thrown: unknown) => thrown as APIError & { error?: WireObject });
      const recovered = notes.some(({ code }) => code === 'failed-generation-recovered');
      if (recovered) continue;
      const where = `${row.id} ${row.provider} ${row.response.status} ${JSON.stringify(row.response.body)?.slice(0, 200)}`;
      if (error === undefined) throw new Error(`${where}: accepted`);
      const wanted = expectKind(row);
      expect([where, Object.keys(error.error ?? {}).sort()]).toEqual([where, ['code', 'message', 'param', 'type']]);
      if (wanted.status !== undefined)
        expect([where, error.status, error.constructor.name]).toEqual([where, wanted.status, classes[wanted.status]]);
      if (wanted.code !== undefined) expect([where, error.code]).toEqual([where, wanted.code]);
      expect([where, typeof error.code === 'string' || error.code === null]).toEqual([where, true]);
      for (const words of readWords(row.response.body).filter((text) => !text.startsWith('<')))
        expect([where, error.message.includes(words.slice(0, 150))]).toEqual([where, true]);
      const line = `${row.provider} ${row.response.status} -> ${error.status} ${error.code ?? '-'}`;
      table.set(line, (table.get(line) ?? 0) + 1);
    }
    if (major.name === 'openai7')
      console.log(
        [...table]
          .sort()
          .map(([line, times]) => `${line}: ${times}`)
          .join('\n'),
      );
  });

  test('every recorded embeddings answer gives the vectors that were sent', async () => {
    const answers = rows.filter(({ endpoint, response }) => endpoint === 'embeddings' && response.status === 200);
    expect(answers.length).toBeGreaterThan(30);
    for (const row of answers) {
      const body = row.response.body as { data: Array<{ embedding: unknown }>; usage: WireObject | null };
      const request = row.request?.body ?? { input: body.data.map(() => 'x') };
      if (Array.isArray(request['input']) && request['input'].length === 0) continue;
      const { client, notes } = openEndpoint(row, major);
      const answer = await client.embeddings.create({
        ...request,
        model: String(request['model'] ?? 'm'),
        encoding_format: undefined,
      } as never);
      const where = `${row.id} ${row.provider}`;
      expect([where, answer.data.map(({ index, object }) => [index, object])]).toEqual([
        where,
        body.data.map((_, index) => [index, 'embedding']),
      ]);
      const width = widths[String(request['model'])];
      for (const [index, { embedding }] of answer.data.entries()) {
        if (width !== undefined) expect([where, embedding.length]).toEqual([where, width]);
        const sent = readSent(body.data[index]?.embedding, embedding.length);
        expect([where, embedding.length, embedding]).toEqual([where, sent.length, sent.map(Math.fround)]);
      }
      const counted = body.usage?.['prompt_tokens'];
      if (typeof counted === 'number') expect([where, answer.usage.prompt_tokens]).toEqual([where, counted]);
      else expect([where, notes.map(({ code }) => code)]).toEqual([where, expect.arrayContaining(['usage-estimated'])]);
    }
  });

  test('every recorded list of models is OpenAI’s', async () => {
    const lists = rows.filter(({ endpoint, response }) => endpoint === 'models' && response.status === 200);
    expect(lists.length).toBeGreaterThan(25);
    for (const row of lists) {
      const { client } = openEndpoint(row, major);
      const where = `${row.id} ${row.provider}`;
      const page = await client.models.list();
      const broken = page.data.filter(
        ({ id, object, created, owned_by: owner }) =>
          typeof id !== 'string' ||
          object !== 'model' ||
          !Number.isInteger(created) ||
          created > 4_000_000_000 ||
          typeof owner !== 'string',
      );
      expect([where, broken]).toEqual([where, []]);
      const body = row.response.body as { data?: unknown[]; result?: unknown[] };
      expect([where, page.data.length]).toEqual([where, (body.data ?? body.result ?? []).length]);
    }
  });
});

/** Of models whose recordings are not 32-bit numbers. */
const widths: Readonly<Record<string, number>> = { 'intfloat/e5-mistral-7b-instruct': 4096 };

/** A recorded vector as numbers: a list, base64 of 32-bit numbers, or of 64-bit ones. */
function readSent(value: unknown, length: number): readonly number[] {
  if (Array.isArray(value)) return value as number[];
  const bytes = Buffer.from(String(value), 'base64');
  const step = bytes.length === length * 8 ? 8 : 4;
  return Array.from({ length: bytes.length / step }, (_, at) =>
    step === 8 ? bytes.readDoubleLE(at * 8) : bytes.readFloatLE(at * 4),
  );
}
