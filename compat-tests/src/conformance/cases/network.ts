import type { Capability, CaseRequest, Expectation } from '../case.ts';
import { askChat, streamChat } from '../chat-request.ts';
import { isAnswered } from '../expectations/answered.ts';
import { textOf } from '../expectations/body.ts';
import { atEveryStep, expecting } from '../expectations/expectation.ts';
import { hasStatus } from '../expectations/http.ts';
import { endsWithDone, finishesOnce, isFramed, keepsField } from '../expectations/stream.ts';

const long = 'Count from 1 to 300, with commas.';
const short = askChat('Reply with exactly: OK', { max_tokens: 8 });
const streams = Array.from({ length: 8 }, (_one, at) => `STREAM-${'ABCDEFGH'[at] ?? ''}`);
const closed: CaseRequest = { path: '/chat/completions', raw: '{' };

/** Time a short answer may take longer than the one before, milliseconds: a slot that still counts to 300 takes longer. */
const graceMs = 3_000;

/** The slot of a client that left is free for the next. */
const isFreed: Expectation = {
  says: `the next short answer takes at most ${graceMs / 1_000} s longer, or four times as long, as the one before`,
  judge: (seen, all) => {
    const before = all[0]?.durationMs ?? 0;
    const most = Math.max(before + graceMs, before * 4);
    return seen.durationMs <= most
      ? 'held'
      : {
          broken: `${Math.round(seen.durationMs)} ms after ${Math.round(before)} ms: the endpoint goes on for the client that left`,
        };
  },
};

/** Each stream has its own words and its own id. */
const isUnmixed: Expectation = {
  says: 'ids differ, and no stream has words of another',
  judge: (_seen, all) => {
    const ids = all.map(({ chunks }) => chunks[0]?.['id']);
    if (new Set(ids).size < ids.length) return { broken: `ids ${ids.join(', ')}` };
    for (const [at, one] of all.entries()) {
      const other = streams.find((name, place) => place !== at && textOf(one).includes(name));
      if (other !== undefined) return { broken: `the stream that was asked for ${streams[at] ?? ''} says ${other}` };
    }
    return 'held';
  },
};

const staysOpen = expecting('the connection stays open', ({ headers }) =>
  headers['connection']?.toLowerCase() === 'close' ? 'connection: close' : undefined,
);

/** Abort, timeouts, keep-alive and load. */
export const network: Capability = {
  name: 'Abort, timeouts, keep-alive, load',
  cases: [
    {
      id: 'NET-01',
      level: 'must',
      kind: 'wire',
      title: 'a client that leaves a stream frees its slot',
      source: 'llama.cpp cancel tests; openai-node abort tests',
      steps: [short, streamChat(long, { max_tokens: 1_000 }), short].map((step, at) =>
        at === 1 ? { ...step, stopAfter: { pieces: 2 } } : step,
      ),
      expect: [hasStatus(200), isFreed],
      alone: true,
    },
    {
      id: 'NET-02',
      level: 'should',
      kind: 'wire',
      title: 'a client that leaves before its answer frees its slot',
      source: 'llama.cpp cancel tests',
      steps: [short, { ...askChat(long, { max_tokens: 1_000 }), stopAfter: { ms: 300 } }, short],
      expect: [hasStatus(200), isFreed],
      alone: true,
    },
    {
      id: 'NET-03',
      level: 'should',
      kind: 'wire',
      title: 'a stream that is silent for 15 s sends a comment, or keeps the connection',
      source: 'OpenRouter comments; openai-node "ignores keepalive events"',
      steps: [],
      expect: [],
      untested: 'no request makes an endpoint silent for 15 s at will',
    },
    {
      id: 'NET-04',
      level: 'must',
      kind: 'wire',
      title: 'a connection stays open after an answer, after an error and after a whole stream',
      source: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3',
      steps: [short, closed, streamChat('Reply with exactly: OK', { max_tokens: 8 }), short],
      expect: [hasStatus(200), atEveryStep(staysOpen)],
    },
    {
      id: 'NET-05',
      level: 'should',
      kind: 'wire',
      title: 'a slow reader gets the whole stream',
      source: 'openai-node streaming-backpressure',
      steps: [{ ...streamChat(long, { max_tokens: 200 }), readDelayMs: 10 }],
      expect: [hasStatus(200), isFramed, endsWithDone, finishesOnce],
      alone: true,
    },
    {
      id: 'NET-06',
      level: 'should',
      kind: 'wire',
      title: 'eight streams at the same time all end, each with its own words and id',
      source: 'Ollama concurrency tests; llama.cpp parallel slots',
      steps: [streams.map((name) => streamChat(`Reply with exactly: ${name}`, { max_tokens: 24 }))],
      expect: [
        atEveryStep(hasStatus(200)),
        atEveryStep(isAnswered),
        atEveryStep(endsWithDone),
        atEveryStep(keepsField('id')),
        isUnmixed,
      ],
      alone: true,
    },
    {
      id: 'NET-07',
      level: 'should',
      kind: 'wire',
      title: 'a full queue answers 429 or 503 instead of hanging',
      source: 'Ollama max_queue_test',
      steps: [],
      expect: [],
      untested:
        "filling a queue of unknown length would take an endpoint away from its users; the shim's own limits are tested in its room",
    },
    {
      id: 'NET-08',
      level: 'info',
      kind: 'wire',
      title: 'times to the first piece, between pieces and to the end are recorded',
      source: 'maruel/genai duration; webai benchmark',
      steps: [],
      expect: [],
      untested: 'nothing to judge: every exchange of a report has its times (chunkMs, durationMs)',
    },
    {
      id: 'NET-09',
      level: 'should',
      kind: 'wire',
      title: 'HTTP/1.1 and HTTP/2 are answered alike',
      source: 'SGLang test_http2_server',
      steps: [],
      expect: [],
      untested: "Node's fetch speaks HTTP/1.1, as the OpenAI SDK does on Node; HTTP/2 is not asked",
    },
    {
      id: 'NET-10',
      level: 'should',
      kind: 'wire',
      title: 'an event of more than 64 KiB in one line is read',
      source: 'openai-node streaming-large-events',
      steps: [],
      expect: [],
      untested:
        "about a client's reader and not about an endpoint; the shim's reader is tested with such events in its room",
    },
  ],
};
