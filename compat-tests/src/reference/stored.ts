import { type WireAnswer, writeJson } from '../endpoint.ts';
import { isObject, type JsonObject, readObjects } from '../json.ts';
import { Refusal, refuseAbsence, refuseType } from './refusal.ts';
import type { State } from './state.ts';

/** A page of a list, after a cursor. */
function writePage(items: readonly JsonObject[], query: URLSearchParams, newestFirst = true): WireAnswer {
  const ordered = (query.get('order') ?? (newestFirst ? 'desc' : 'asc')) === 'desc' ? items.toReversed() : items;
  const after = query.get('after');
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const limit = Number(query.get('limit') ?? 20);
  const data = ordered.slice(start, start + limit);
  return writeJson(200, {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < ordered.length,
  });
}

/** Routes below /responses/{id}. @throws {Refusal} */
export function answerStoredResponse(
  method: string,
  id: string,
  rest: string,
  query: URLSearchParams,
  state: State,
): WireAnswer {
  const stored = state.responses.get(id);
  if (stored === undefined) throw new Refusal(404, `Response with id '${id}' not found.`);
  if (method === 'GET' && rest === '') return writeJson(200, stored.item);
  if (method === 'GET' && rest === 'input_items') return writePage(stored.input, query);
  if (method === 'DELETE' && rest === '') {
    state.responses.delete(id);
    return writeJson(200, { id, object: 'response', deleted: true });
  }
  if (method === 'POST' && rest === 'cancel') {
    if (stored.item['background'] !== true)
      throw new Refusal(400, 'Only responses created with background=true can be cancelled.');
    stored.item = { ...stored.item, status: 'cancelled' };
    return writeJson(200, stored.item);
  }
  throw new Refusal(404, `Invalid URL (${method} /v1/responses/${id}/${rest})`);
}

/** Routes at and below /conversations. @throws {Refusal} */
export function answerConversations(
  method: string,
  path: readonly string[],
  body: JsonObject,
  query: URLSearchParams,
  state: State,
): WireAnswer {
  const [id, items, itemId] = path;
  if (id === undefined) {
    if (method !== 'POST') throw new Refusal(404, `Invalid URL (${method} /v1/conversations)`);
    const item = {
      id: state.createId('conv_'),
      object: 'conversation',
      created_at: state.now(),
      metadata: body['metadata'] ?? {},
    };
    state.conversations.set(item.id, { item, items: storeItems(body['items'] ?? [], state) });
    return writeJson(200, item);
  }
  const held = state.conversations.get(id);
  if (held === undefined) throw new Refusal(404, `Conversation with id '${id}' not found.`);
  if (items === undefined) {
    if (method === 'GET') return writeJson(200, held.item);
    if (method === 'POST') {
      const item = { ...held.item, metadata: body['metadata'] ?? {} };
      state.conversations.set(id, { ...held, item });
      return writeJson(200, item);
    }
    state.conversations.delete(id);
    return writeJson(200, { id, object: 'conversation.deleted', deleted: true });
  }
  if (itemId !== undefined) {
    const found = held.items.find((item) => item['id'] === itemId);
    if (found === undefined)
      throw new Refusal(404, `Item with id '${itemId}' not found in conversation with id '${id}'.`);
    if (method === 'GET') return writeJson(200, found);
    held.items = held.items.filter((item) => item !== found);
    return writeJson(200, held.item);
  }
  if (method === 'GET') return writePage(held.items, query);
  const added = storeItems(body['items'], state);
  held.items = [...held.items, ...added];
  return writePage(added, new URLSearchParams('order=asc&limit=100'));
}

function storeItems(items: unknown, state: State): JsonObject[] {
  if (!Array.isArray(items))
    throw items === undefined ? refuseAbsence('items') : refuseType('items', 'an array of objects', items);
  return readObjects(items).map((item) => {
    const type = item['role'] === 'assistant' ? 'output_text' : 'input_text';
    const content = typeof item['content'] === 'string' ? [{ type, text: item['content'] }] : item['content'];
    return {
      id: state.createId('msg_'),
      type: 'message',
      status: 'completed',
      ...item,
      ...(content === undefined ? {} : { content }),
    };
  });
}

/** Routes at and below /files; uploads come as a form. @throws {Refusal} */
export async function answerFiles(
  method: string,
  path: readonly string[],
  form: () => Promise<FormData>,
  query: URLSearchParams,
  state: State,
): Promise<WireAnswer> {
  const [id, rest] = path;
  if (id === undefined) {
    if (method === 'GET')
      return writePage(
        [...state.files.values()].map(({ item }) => item),
        query,
      );
    const sent = await form();
    const purpose = sent.get('purpose');
    if (typeof purpose !== 'string' || purpose === '') throw refuseAbsence('purpose');
    if (!['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'].includes(purpose))
      throw new Refusal(
        400,
        `'${purpose}' is not one of ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'] - 'purpose'`,
        'purpose',
      );
    const file = sent.get('file');
    if (file === null || typeof file === 'string') throw refuseAbsence('file');
    const seconds = Number(sent.get('expires_after[seconds]') ?? Number.NaN);
    return writeJson(
      200,
      storeFile(state, {
        text: await file.text(),
        filename: file.name,
        purpose,
        expiresAt: Number.isNaN(seconds) ? null : state.now() + seconds,
      }),
    );
  }
  const held = state.files.get(id);
  if (held === undefined) throw new Refusal(404, `No such File object: ${id}`, 'id');
  if (method === 'DELETE') {
    state.files.delete(id);
    return writeJson(200, { object: 'file', id, deleted: true });
  }
  if (rest === 'content')
    return {
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      pieces: [{ bytes: new TextEncoder().encode(held.text), waitMs: 0 }],
      ending: 'whole',
    };
  return writeJson(200, held.item);
}

interface NewFile {
  readonly text: string;
  readonly filename: string;
  readonly purpose: string;
  readonly expiresAt: number | null;
}

function storeFile(state: State, { text, filename, purpose, expiresAt }: NewFile): JsonObject {
  const item = {
    object: 'file',
    id: state.createId('file-'),
    purpose,
    filename,
    bytes: new TextEncoder().encode(text).length,
    created_at: state.now(),
    expires_at: expiresAt,
    status: 'processed',
    status_details: null,
  };
  state.files.set(item.id, { item, text });
  return item;
}

/** Answers one line of a batch. */
export type LineAnswerer = (
  path: string,
  body: JsonObject,
) => Promise<{ readonly status: number; readonly json: unknown }>;

const batchEndpoints = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/moderations',
];

/** Routes at and below /batches: a batch gets one step further whenever it is looked at. @throws {Refusal} */
export async function answerBatches(
  method: string,
  path: readonly string[],
  body: JsonObject,
  key: string | undefined,
  query: URLSearchParams,
  state: State,
  answerLine: LineAnswerer,
): Promise<WireAnswer> {
  const [id, rest] = path;
  if (id === undefined) {
    if (method === 'GET')
      return writePage(
        [...state.batches.values()].map(({ item }) => item),
        query,
      );
    return writeJson(
      200,
      repeatOr(key, body, state, () => createBatch(body, state)),
    );
  }
  const held = state.batches.get(id);
  if (held === undefined) throw new Refusal(404, `No batch found with id '${id}'.`);
  if (rest === 'cancel') {
    if (!['validating', 'in_progress', 'finalizing'].includes(String(held.item['status'])))
      throw new Refusal(409, `Cannot cancel a batch with status '${String(held.item['status'])}'.`);
    held.item = { ...held.item, status: 'cancelling', cancelling_at: state.now() };
    return writeJson(200, held.item);
  }
  held.asked += 1;
  held.item = await advance(held, state, answerLine);
  return writeJson(200, held.item);
}

function repeatOr(key: string | undefined, body: JsonObject, state: State, make: () => JsonObject): JsonObject {
  const text = JSON.stringify(body);
  const known = key === undefined ? undefined : state.repeated.get(key);
  if (known !== undefined) {
    if (known.text !== text)
      throw new Refusal(409, 'This idempotency key was used with other parameters.', null, 'idempotency_error');
    return known.item;
  }
  const item = make();
  if (key !== undefined) state.repeated.set(key, { text, item });
  return item;
}

function createBatch(body: JsonObject, state: State): JsonObject {
  for (const name of ['input_file_id', 'endpoint', 'completion_window'])
    if (typeof body[name] !== 'string') throw refuseAbsence(name);
  if (!batchEndpoints.includes(String(body['endpoint'])))
    throw new Refusal(
      400,
      `Invalid value: '${String(body['endpoint'])}'. Supported values are: ${batchEndpoints.map((one) => `'${one}'`).join(', ')}.`,
      'endpoint',
      'invalid_value',
    );
  if (body['completion_window'] !== '24h')
    throw new Refusal(
      400,
      `Invalid value: '${String(body['completion_window'])}'. Value must be '24h'.`,
      'completion_window',
      'invalid_value',
    );
  const input = state.files.get(String(body['input_file_id']));
  if (input === undefined)
    throw new Refusal(
      400,
      `Invalid 'input_file_id': file '${String(body['input_file_id'])}' not found.`,
      'input_file_id',
      'invalid_value',
    );
  const times = [
    'in_progress_at',
    'finalizing_at',
    'completed_at',
    'failed_at',
    'expired_at',
    'cancelling_at',
    'cancelled_at',
  ];
  const item = {
    id: state.createId('batch_'),
    object: 'batch',
    endpoint: body['endpoint'],
    errors: null,
    input_file_id: body['input_file_id'],
    completion_window: '24h',
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: state.now(),
    expires_at: state.now() + 86_400,
    ...Object.fromEntries(times.map((name) => [name, null])),
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata: body['metadata'] ?? null,
  };
  state.batches.set(item.id, { item, input: input.text, asked: 0 });
  return item;
}

async function advance(
  { item, input, asked }: { item: JsonObject; input: string; asked: number },
  state: State,
  answerLine: LineAnswerer,
): Promise<JsonObject> {
  if (item['status'] === 'cancelling') return { ...item, status: 'cancelled', cancelled_at: state.now() };
  if (item['status'] === 'validating') {
    const lines = input.split('\n').filter((line) => line.trim() !== '');
    const mistakes = lines.flatMap((line, at) => findLineMistake(line, String(item['endpoint']), at + 1));
    if (mistakes.length > 0)
      return { ...item, status: 'failed', failed_at: state.now(), errors: { object: 'list', data: mistakes } };
    return {
      ...item,
      status: 'in_progress',
      in_progress_at: state.now(),
      request_counts: { total: lines.length, completed: 0, failed: 0 },
    };
  }
  if (item['status'] !== 'in_progress' || asked < 2) return item;
  const lines = input.split('\n').filter((line) => line.trim() !== '');
  const answered = await Promise.all(
    lines.map(async (line) => {
      const { custom_id: customId, body } = JSON.parse(line) as { custom_id: string; body: JsonObject };
      const { status, json } = await answerLine(String(item['endpoint']), body);
      return {
        id: state.createId('batch_req_'),
        custom_id: customId,
        response: { status_code: status, request_id: state.createId('req_'), body: json },
        error: null,
      };
    }),
  );
  const file = (list: typeof answered, name: string) =>
    list.length === 0
      ? null
      : storeFile(state, {
          text: `${list.map((one) => JSON.stringify(one)).join('\n')}\n`,
          filename: name,
          purpose: 'batch_output',
          expiresAt: null,
        })['id'];
  const failed = answered.filter(({ response }) => response.status_code >= 400);
  const good = answered.filter(({ response }) => response.status_code < 400);
  return {
    ...item,
    status: 'completed',
    completed_at: state.now(),
    output_file_id: file(good, 'output.jsonl'),
    error_file_id: file(failed, 'error.jsonl'),
    request_counts: { total: answered.length, completed: good.length, failed: failed.length },
  };
}

function findLineMistake(line: string, endpoint: string, number: number): JsonObject[] {
  const say = (code: string, message: string) => [{ code, message, param: null, line: number }];
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return say('invalid_json_line', 'This line is not parseable as valid JSON.');
  }
  if (!isObject(parsed) || !isObject(parsed['body'])) return say('invalid_request', 'This line has no body.');
  if (typeof parsed['custom_id'] !== 'string')
    return say('missing_required_parameter', "Missing required parameter: 'custom_id'.");
  if (parsed['url'] !== endpoint)
    return say('invalid_url', `The URL provided for this request does not match the batch endpoint: ${endpoint}.`);
  return parsed['body']['stream'] === true ? say('invalid_request', 'Streaming is not supported in batches.') : [];
}
