import type { Capability, Case, CaseRequest, Expectation, FollowUp, JsonValue } from '../case.ts';
import { isObject, parseJson, quoteText, readObjects } from '../../json.ts';
import type { Observation } from '../observation.ts';
import { bodyOf, everyAt, readPath } from '../expectations/body.ts';
import { atEveryStep, atStep, expecting } from '../expectations/expectation.ts';
import { hasErrorMessage, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { equals, isFilled, isPositive, isSeconds, isText, oneOf } from '../expectations/predicate.ts';
import { isAsked } from '../recorded.ts';

const files = 'https://platform.openai.com/docs/api-reference/files';
const batch = 'https://platform.openai.com/docs/api-reference/batch';

const line = (id: string, body: JsonValue): string =>
  JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
const chat = (fields: object = {}): JsonValue =>
  ({
    model: '$model',
    max_tokens: 8,
    messages: [{ role: 'user', content: 'Reply with exactly: OK' }],
    ...fields,
  }) as JsonValue;
const twoLines = `${line('first', chat())}\n${line('second', chat())}\n`;

/** A file to upload. */
const upload = (content: string, fields: Readonly<Record<string, string>> = { purpose: 'batch' }): CaseRequest => ({
  path: '/files',
  form: { ...fields, file: { filename: 'lines.jsonl', content } },
});

const idOf = (seen: Observation | undefined): string | undefined => {
  const id = seen?.status === 200 || seen?.status === 201 ? bodyOf(seen)['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
};
/** A request about what the answer number `from` made; the case ends where it made nothing. */
const about =
  (from: number, make: (id: string) => CaseRequest): FollowUp =>
  (seen) => {
    const id = idOf(seen[from]);
    return id === undefined ? undefined : make(id);
  };
const file = (method: 'GET' | 'DELETE', path = '') => about(0, (id) => ({ method, path: `/files/${id}${path}` }));
const run = (fields: Readonly<Record<string, JsonValue>> = {}, headers: Readonly<Record<string, string>> = {}) =>
  about(0, (id) => ({
    path: '/batches',
    headers,
    body: { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h', ...fields },
  }));
/** Looks again how far the batch is; a batch has 24 hours, so that a few looks prove no failure. */
const look = about(1, (id) => ({ path: `/batches/${id}` }));

const row = (needs: 'files' | 'batches', one: Omit<Case, 'needs' | 'kind'>): Case => ({ kind: 'wire', needs, ...one });

const isFile = [
  everyAt('id', isFilled),
  everyAt('object', equals('file')),
  everyAt('bytes', isPositive),
  everyAt('created_at', isSeconds),
  everyAt('filename', isText),
  everyAt('purpose', isFilled),
];
const isBatch = [
  everyAt('id', isFilled),
  everyAt('object', equals('batch')),
  everyAt('endpoint', isFilled),
  everyAt('input_file_id', isFilled),
  everyAt(
    'status',
    oneOf('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled'),
  ),
  everyAt('created_at', isSeconds),
];

/** A batch that cannot run is refused at once, or fails with its reasons. */
const refusesOrFails = expecting('it is refused with 4xx, or ends failed with errors', (seen) => {
  if (seen.status >= 400 && seen.status < 500) return undefined;
  const { status, errors } = bodyOf(seen);
  if (status === 'failed') return isObject(errors) ? undefined : 'failed without errors';
  // It is still being looked through, which may take longer than a case waits.
  return status === 'validating' ? undefined : `${seen.status}, status ${String(status)}`;
});

const hasAnswers = expecting('each line of the output has custom_id and an answer', (seen) => {
  const lines = seen.text.trim().split('\n').map(parseJson);
  const wrong = lines.find(
    (one) =>
      !isObject(one) ||
      typeof one['custom_id'] !== 'string' ||
      !isObject(one['response']) ||
      !isObject(one['response']['body']),
  );
  if (wrong !== undefined || lines.length !== 2) return quoteText(seen.text);
  const ids = readObjects(lines).map(({ custom_id: id }) => String(id));
  return ids.sort().join(' ') === 'first second' ? undefined : ids.join(' ');
});

const isWhatWasUploaded: Expectation = {
  says: 'the content is what was uploaded',
  judge: ({ text }, all) => {
    const [sent] = readPath(all[0]?.body, '$multipart.file.content');
    return text === sent ? 'held' : { broken: quoteText(text) };
  },
};

/** Files and batches. */
export const filesAndBatches: Capability = {
  name: 'Files and batches',
  cases: [
    row('files', {
      id: 'FIL-01',
      level: 'should',
      title: 'a file is uploaded, listed, fetched, read and deleted',
      source: files,
      steps: [upload(twoLines), { path: '/files' }, file('GET'), file('GET', '/content'), file('DELETE')],
      expect: [
        atStep(0, isServed),
        ...isFile.map((one) => atStep(0, one)),
        atStep(1, isServed),
        atStep(1, everyAt('data[].object', equals('file'))),
        atStep(2, isServed),
        atStep(3, isWhatWasUploaded),
        atStep(4, everyAt('deleted', equals(true))),
      ],
    }),
    row('files', {
      id: 'FIL-04',
      level: 'should',
      title: 'a file has id, bytes, created_at, filename and purpose',
      source: `${files}/object; schema OpenAIFile`,
      steps: [upload(twoLines)],
      expect: [isServed, ...isFile],
      applies: isAsked({ path: '/files', status: 200, where: (body) => body['$multipart'] !== undefined }),
    }),
    row('files', {
      id: 'FIL-05',
      level: 'should',
      title: 'a deleted file is gone',
      source: `${files}/delete`,
      steps: [upload(twoLines), file('DELETE'), file('GET')],
      expect: [atStep(0, isServed), atStep(1, isServed), isRejected(404, 400)],
    }),
    row('files', {
      id: 'FIL-02',
      level: 'should',
      title: 'a file without a purpose, and one that does not exist, are refused with 400 and 404',
      source: `${files}; llama-stack files`,
      steps: [[upload(twoLines, {}), { path: '/files/file-none' }]],
      expect: [atStep(0, isRejected()), atStep(1, isRejected(404, 400)), atEveryStep(hasErrorMessage)],
    }),
    row('files', {
      id: 'FIL-03',
      level: 'should',
      title: 'expires_after is kept, or refused with 4xx',
      source: `${files}/create; llama-stack test_expires_after`,
      steps: [
        upload(twoLines, { purpose: 'batch', 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '3600' }),
        file('DELETE'),
      ],
      expect: [
        atStep(0, isServedOrRefused),
        atStep(
          0,
          expecting('expires_at is an hour after created_at', (seen) => {
            const { created_at: from, expires_at: to } = bodyOf(seen);
            return seen.status !== 200 || Number(to) - Number(from) === 3_600
              ? undefined
              : `expires_at ${String(to)}, created_at ${String(from)}`;
          }),
        ),
      ],
    }),
    row('batches', {
      id: 'BAT-01',
      level: 'should',
      title: 'a batch of two chat requests is made and followed; its output has an answer a line',
      source: `${batch}; llama-stack batches`,
      steps: [
        upload(twoLines),
        run(),
        look,
        look,
        (seen) => {
          const done = bodyOf(seen.at(-1) as Observation);
          return done['status'] === 'completed' && typeof done['output_file_id'] === 'string'
            ? { path: `/files/${done['output_file_id']}/content` }
            : undefined;
        },
      ],
      expect: [
        atStep(0, isServed),
        atStep(1, isServed),
        ...isBatch.map((one) => atStep(1, one)),
        {
          says: 'where it has ended, each line of its output has an answer',
          judge: (seen, all) => (all.length < 5 ? 'held' : hasAnswers.judge(seen, all)),
        },
      ],
    }),
    row('batches', {
      id: 'BAT-07',
      level: 'should',
      title: 'a batch has id, endpoint, input_file_id, status and created_at',
      source: `${batch}/object; schema Batch`,
      steps: [upload(twoLines), run()],
      expect: [isServed, ...isBatch],
    }),
    row('batches', {
      id: 'BAT-02',
      level: 'should',
      title: 'a batch with a wrong window, endpoint or file is refused with 4xx or fails with errors',
      source: `${batch}; llama-stack batches`,
      steps: [
        upload('no JSON\n'),
        run({ completion_window: '1h' }),
        run({ endpoint: '/v1/nothing' }),
        {
          path: '/batches',
          body: { input_file_id: 'file-none', endpoint: '/v1/chat/completions', completion_window: '24h' },
        },
        run(),
      ],
      expect: [
        atStep(0, isServed),
        ...[1, 2, 3].map((at) => atStep(at, isRejected(400, 404, 422))),
        atStep(4, refusesOrFails),
      ],
    }),
    row('batches', {
      id: 'BAT-03',
      level: 'should',
      title: 'a batch is cancelled; what has ended cannot be',
      source: `${batch}/cancel`,
      steps: [upload(twoLines), run(), about(1, (id) => ({ method: 'POST', path: `/batches/${id}/cancel` }))],
      expect: [
        atStep(1, isServed),
        expecting('it is cancelling, or refused because it has ended', (seen) => {
          if ([400, 409].includes(seen.status)) return undefined;
          const status = String(bodyOf(seen)['status']);
          return ['cancelling', 'cancelled', 'completed'].includes(status)
            ? undefined
            : `${seen.status}, status ${status}`;
        }),
      ],
    }),
    row('batches', {
      id: 'BAT-04',
      level: 'should',
      title: 'the same idempotency key gives the same batch',
      source: 'llama-stack batches (idempotency_key)',
      steps: [
        upload(twoLines),
        run({}, { 'idempotency-key': 'case-bat-04' }),
        run({}, { 'idempotency-key': 'case-bat-04' }),
      ],
      expect: [
        atStep(1, isServed),
        isServed,
        {
          says: 'both answers are the same batch',
          judge: (seen, all) => {
            const [first, second] = [idOf(all[1]), idOf(seen)];
            return first === second ? 'held' : { broken: `${String(first)} and ${String(second)}` };
          },
        },
      ],
    }),
    row('batches', {
      id: 'BAT-05',
      level: 'should',
      title: 'a line that asks for a stream is refused, or fails with errors',
      source: 'llama-stack batch_streaming_not_supported',
      steps: [upload(`${line('first', chat({ stream: true }))}\n`), run()],
      expect: [atStep(0, isServed), refusesOrFails],
    }),
    {
      id: 'BAT-06',
      level: 'info',
      kind: 'wire',
      title: 'an endpoint without batches says so with 4xx',
      source: 'maruel/genai; am-i-openai-compatible',
      steps: [{ path: '/batches?limit=1' }],
      expect: [isServedOrRefused],
    },
  ],
};
