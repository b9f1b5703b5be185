import { afterAll, describe, expect, test } from 'vitest';
import { chatHelpers, type Major, majors } from './majors.test-sdks.ts';
import type { Note } from './note.ts';
import { openClient } from './recorded.test-client.ts';
import { listEvents, readMeaning, type RecordedRow, readTraffic } from './recorded.test-traffic.ts';
import { isObject, type WireObject } from './wire.ts';

/** Every chat exchange recorded with an open endpoint, answered again through the shim, read by the official SDK. */
const rows = readTraffic('open-endpoints').filter(({ endpoint }) => endpoint === 'chat.completions');

/** Codes of the shim's own verdicts on an answer, each with what the recording must show for it. */
const verdicts: Readonly<Record<string, (row: RecordedRow, events: readonly unknown[]) => boolean>> = {
  stream_truncated: (_, events) => !Object.values(readMeaning(events).choices).some(({ finish }) => isGiven(finish)),
  tool_choice_not_honoured: ({ request }, events) => {
    const choice = request?.body?.['tool_choice'];
    const called = Object.values(readMeaning(events).choices).some(({ calls }) => Object.keys(calls).length > 0);
    return (choice === 'required' || isObject(choice)) && !called;
  },
  // Some recorded clients speak their endpoint's own words, which OpenAI refuses: a format without a name, or with its schema in another place.
  missing_required_parameter: (row) => readFormatName(row) === undefined,
  invalid_value: (row) => readFormatName(row) === '',
  // Whether a value fits its schema is for the validator's own tests; here only: JSON was asked for, and the text ends of itself.
  structured_output_invalid: ({ request }, events) =>
    isObject(request?.body?.['response_format']) &&
    Object.values(readMeaning(events).choices).some(({ finish }) => finish === 'stop'),
};

/** The name of the JSON Schema a recorded request asks for; null when it asks for none. */
function readFormatName({ request }: RecordedRow): unknown {
  const format = request?.body?.['response_format'];
  if (!isObject(format) || format['type'] !== 'json_schema') return null;
  return isObject(format['json_schema']) ? format['json_schema']['name'] : undefined;
}

/** Notes that explain why a part of an answer differs from what the endpoint sent. */
const explains = {
  content: /^(tool-call-recovered|reasoning-split|special-tokens-trimmed|structured-output-repaired)$/,
  calls: /^(tool-call-(recovered|repaired)|tool-calls-trimmed|failed-generation-recovered)$/,
  finish: /^(finish-reason-.*|tool-call-recovered)$/,
};

const isGiven = (value: unknown): boolean => value !== null && value !== undefined && value !== '';
const hasError = (events: readonly unknown[]): boolean =>
  events.some((event) => isObject(event) && isGiven(event['error']));
const isStream = ({ request, response }: RecordedRow): boolean =>
  request?.body?.['stream'] === true || response.sse !== undefined || response.chunks !== undefined;

interface Outcome {
  readonly kind: 'accepted' | 'error';
  readonly detail: string;
  readonly notes: readonly Note[];
  readonly answer?: WireObject;
}

async function replay(row: RecordedRow, major: Major): Promise<Outcome> {
  const { client, notes } = openClient(row, major);
  const body = { messages: [{ role: 'user', content: 'hi' }], model: 'm', ...row.request?.body };
  try {
    const answer = isStream(row)
      ? await chatHelpers(client)
          .stream({ ...body, stream: true, stream_options: { include_usage: true } } as never)
          .finalChatCompletion()
      : await client.chat.completions.create({ ...body, stream: false } as never);
    return { kind: 'accepted', detail: '', notes, answer: answer as unknown as WireObject };
  } catch (error) {
    const { status, code, message, constructor } = error as Error & { status?: number; code?: string | null };
    expect([row.id, constructor.name]).toEqual([row.id, expect.stringMatching(/Error$/)]);
    expect([row.id, message]).not.toEqual([row.id, '']);
    return { kind: 'error', detail: code ?? String(status ?? message), notes };
  }
}

/** Compares an answer with its recording; the notes must explain whatever differs. */
function compare({ answer, notes }: Outcome, events: readonly unknown[]): string[] {
  const told = (pattern: RegExp): boolean => notes.some(({ code }) => pattern.test(code));
  const meant = readMeaning(events);
  const said = readMeaning([answer]);
  const out: string[] = [];
  if (Object.keys(said.choices).length !== Object.keys(meant.choices).length) out.push('choices');
  for (const [index, { content, calls, finish }] of Object.entries(said.choices)) {
    const original = meant.choices[index];
    // What a note explains is left out, never anything added.
    const isPart = original?.content.includes(content.trim()) === true;
    if (content !== original?.content && !(told(explains.content) && isPart)) out.push('content');
    const callsOf = (held: typeof calls | undefined) =>
      JSON.stringify(Object.values(held ?? {}).map((call) => [call.name, call.arguments]));
    if (callsOf(calls) !== callsOf(original?.calls) && !told(explains.calls)) out.push('calls');
    if (finish !== original?.finish && !told(explains.finish)) out.push('finish');
  }
  for (const key of ['prompt_tokens', 'completion_tokens'])
    if (isObject(meant.usage) && isObject(said.usage) && meant.usage[key] !== said.usage[key]) out.push(`usage.${key}`);
  if (isObject(meant.usage) !== isObject(said.usage) && !told(/^usage-/)) out.push('usage');
  return out;
}

describe.each(majors.filter(({ name }) => name === 'openai4' || name === 'openai7'))('$name', (major) => {
  const table = new Map<string, Map<string, number>>();
  const add = (provider: string, what: string): void => {
    const held = table.get(provider) ?? new Map<string, number>();
    table.set(provider, held.set(what, (held.get(what) ?? 0) + 1));
  };
  afterAll(() => {
    const lines = [...table].sort().map(([provider, counts]) => {
      const line = [...counts].sort().map(([what, times]) => `${what} ${times}`);
      return `  ${provider}: ${line.join(', ')}`;
    });
    console.log([`open endpoints on ${major.name}, ${rows.length} chat exchanges`, ...lines].join('\n'));
  });

  test('every recorded exchange is accepted, or is an SDK error that says why', async () => {
    const problems: string[] = [];
    for (const row of rows) {
      const events = listEvents(row);
      const outcome = await replay(row, major);
      add(row.provider, outcome.kind);
      for (const code of new Set(outcome.notes.map((note) => note.code))) add(row.provider, `repaired ${code}`);
      const erred = row.response.status >= 400 || hasError(events);
      if (outcome.kind === 'error') {
        add(row.provider, `error ${outcome.detail}`);
        if (!erred && verdicts[outcome.detail]?.(row, events) !== true)
          problems.push(`${row.id} ${row.provider}: error ${outcome.detail} although the recording is fine`);
      } else if (!erred) problems.push(...compare(outcome, events).map((what) => `${row.id} ${row.provider}: ${what}`));
      else if (!outcome.notes.some(({ code }) => code === 'failed-generation-recovered'))
        problems.push(`${row.id} ${row.provider}: accepted although the recording errs`);
    }
    expect(problems).toEqual([]);
    expect(rows.length).toBeGreaterThan(1000);
  });
});
