import { isObject, type JsonObject } from '../json.ts';

/** What a Responses stream does wrong: which rule, at which event, in words. */
export interface StreamProblem {
  readonly rule: StreamRule;
  /** Position of the event; the number of events for what is missing at the end. */
  readonly at: number;
  readonly what: string;
}

/** What holds for every Responses stream of OpenAI's. Source: the recorded streams, and https://platform.openai.com/docs/api-reference/responses-streaming; checked 2026-11-23. */
export type StreamRule =
  | 'event-name'
  | 'sequence'
  | 'opening'
  | 'ending'
  | 'response-id'
  | 'item-order'
  | 'item-nesting'
  | 'item-pairing'
  | 'part-nesting'
  | 'deltas-equal-done'
  | 'done-equals-item'
  | 'output-equals-items';

/** One event of a stream: the name its frame gave, and its data. */
export interface StreamEvent {
  readonly name: string | undefined;
  readonly data: JsonObject;
}

const endings = ['response.completed', 'response.incomplete', 'response.failed'];
/** Events of text: where it goes, and under which key its end tells it whole. */
const texts: Readonly<Record<string, { readonly key: string; readonly part: boolean }>> = {
  'response.output_text': { key: 'text', part: true },
  'response.refusal': { key: 'refusal', part: true },
  'response.reasoning_text': { key: 'text', part: true },
  'response.function_call_arguments': { key: 'arguments', part: false },
  'response.custom_tool_call_input': { key: 'input', part: false },
  'response.mcp_call_arguments': { key: 'arguments', part: false },
};

interface OpenItem {
  readonly id: unknown;
  readonly index: number;
  /** Text of each part or argument that has come in pieces, and what its end said. */
  readonly pieces: Map<string, { text: string; done: string | undefined }>;
  openPart: number | undefined;
  parts: number;
}

/** Checks a whole Responses stream; an empty list means that nothing is wrong. `resumed` says that it starts in the middle. */
export function checkResponsesStream(
  events: readonly StreamEvent[],
  { resumed = false }: { readonly resumed?: boolean } = {},
): readonly StreamProblem[] {
  const problems: StreamProblem[] = [];
  let at = 0;
  const report = (rule: StreamRule, what: string): void => void problems.push({ rule, at, what });
  const open = new Map<number, OpenItem>();
  const finished = new Map<number, JsonObject>();
  let responseId: unknown;
  let ended: string | undefined;
  let firstSequence: number | undefined;

  for (const { name, data } of events) {
    const type = String(data['type']);
    if (name !== undefined && name !== type) report('event-name', `the frame says ${name}, its data ${type}`);
    const sequence = data['sequence_number'];
    firstSequence ??= resumed && typeof sequence === 'number' ? sequence - at : 0;
    if (sequence !== firstSequence + at)
      report('sequence', `sequence_number is ${String(sequence)}, not ${firstSequence + at}`);
    if (ended !== undefined) report('ending', `${type} after ${ended}`);
    if (!resumed) checkOpening(at, type, report);

    if (isObject(data['response'])) {
      responseId ??= data['response']['id'];
      if (data['response']['id'] !== responseId)
        report('response-id', `the response's id changes to ${String(data['response']['id'])}`);
    }
    if (endings.includes(type)) {
      ended = type;
      checkEnd(data, open, finished, resumed, report);
    } else if (typeof data['output_index'] === 'number') checkItemEvent(type, data, open, finished, resumed, report);
    at += 1;
  }
  if (ended === undefined) report('ending', 'no event ends the response');
  return problems;
}

type Reporter = (rule: StreamRule, what: string) => void;

function checkOpening(at: number, type: string, report: Reporter): void {
  if (at === 0 && type !== 'response.created') report('opening', `the first event is ${type}`);
  if (at === 1 && !['response.in_progress', 'response.queued'].includes(type))
    report('opening', `the second event is ${type}`);
}

function checkItemEvent(
  type: string,
  data: JsonObject,
  open: Map<number, OpenItem>,
  finished: Map<number, JsonObject>,
  resumed: boolean,
  report: Reporter,
): void {
  const index = data['output_index'] as number;
  const item = isObject(data['item']) ? data['item'] : undefined;
  if (type === 'response.output_item.added') {
    if (item === undefined) return report('item-pairing', 'an item is added without an item');
    if (index !== open.size + finished.size && !resumed)
      report('item-order', `item ${index} is added as number ${open.size + finished.size}`);
    if (open.size > 0) report('item-nesting', `item ${index} opens while item ${[...open.keys()].join(', ')} is open`);
    open.set(index, { id: item['id'], index, pieces: new Map(), openPart: undefined, parts: 0 });
    return;
  }
  const held = open.get(index);
  if (held === undefined) {
    if (!resumed) report('item-pairing', `${type} for item ${index}, which is not open`);
    if (type === 'response.output_item.done' && item !== undefined) finished.set(index, item);
    return;
  }
  if (type === 'response.output_item.done') {
    if (item === undefined) return report('item-pairing', 'an item is done without an item');
    if (item['id'] !== held.id)
      report('item-pairing', `item ${index} opens as ${String(held.id)} and ends as ${String(item['id'])}`);
    if (held.openPart !== undefined)
      report('part-nesting', `item ${index} ends while its part ${held.openPart} is open`);
    checkAgainstItem(held, item, report);
    open.delete(index);
    finished.set(index, item);
    return;
  }
  if (data['item_id'] !== undefined && data['item_id'] !== held.id)
    report('item-pairing', `${type} names ${String(data['item_id'])}, but item ${index} is ${String(held.id)}`);
  checkPartEvent(type, data, held, report);
}

function checkPartEvent(type: string, data: JsonObject, held: OpenItem, report: Reporter): void {
  const part = data['content_index'];
  if (type === 'response.content_part.added') {
    if (held.openPart !== undefined)
      report('part-nesting', `part ${String(part)} opens while part ${held.openPart} is open`);
    if (part !== held.parts) report('part-nesting', `part ${String(part)} is added as number ${held.parts}`);
    held.openPart = part as number;
    held.parts += 1;
    return;
  }
  if (type === 'response.content_part.done') {
    if (held.openPart !== part)
      report(
        'part-nesting',
        `part ${String(part)} ends, but ${held.openPart === undefined ? 'none' : `part ${held.openPart}`} is open`,
      );
    held.openPart = undefined;
    const said = held.pieces.get(String(part));
    const whole = isObject(data['part']) ? (data['part']['text'] ?? data['part']['refusal']) : undefined;
    if (said !== undefined && whole !== said.text)
      report('deltas-equal-done', `part ${String(part)} ends as ${cut(whole)}, its deltas say ${cut(said.text)}`);
    return;
  }
  const [, stem = '', event] = /^(.*)\.(delta|done)$/.exec(type) ?? [];
  const text = texts[stem];
  if (text === undefined) return;
  if (text.part && held.openPart !== part)
    report('part-nesting', `${type} for part ${String(part)}, which is not open`);
  const key = text.part ? String(part) : 'call';
  const piece = held.pieces.get(key) ?? { text: '', done: undefined };
  held.pieces.set(key, piece);
  if (piece.done !== undefined) report('part-nesting', `${type} after its end`);
  if (event === 'delta') piece.text += String(data['delta']);
  else {
    piece.done = String(data[text.key]);
    if (piece.done !== piece.text)
      report('deltas-equal-done', `${type} says ${cut(piece.done)}, its deltas ${cut(piece.text)}`);
  }
}

/** An item that is done says what its events said. */
function checkAgainstItem(held: OpenItem, item: JsonObject, report: Reporter): void {
  const content = Array.isArray(item['content']) ? item['content'] : [];
  for (const [key, { text, done }] of held.pieces) {
    if (done === undefined) report('deltas-equal-done', `the text of item ${held.index} ends without its done event`);
    const part: unknown = content[Number(key)];
    const whole =
      key === 'call'
        ? (item['arguments'] ?? item['input'])
        : isObject(part)
          ? (part['text'] ?? part['refusal'])
          : undefined;
    if (whole !== text)
      report('done-equals-item', `item ${held.index} holds ${cut(whole)}, its events said ${cut(text)}`);
  }
}

function checkEnd(
  data: JsonObject,
  open: ReadonlyMap<number, OpenItem>,
  finished: ReadonlyMap<number, JsonObject>,
  resumed: boolean,
  report: Reporter,
): void {
  const failed = data['type'] === 'response.failed';
  if (open.size > 0 && !failed)
    report('item-pairing', `the response ends while item ${[...open.keys()].join(', ')} is open`);
  const output = isObject(data['response']) ? data['response']['output'] : undefined;
  if (!Array.isArray(output)) return report('output-equals-items', 'the response ends without its output');
  if (resumed || failed) return;
  const ids = (items: readonly unknown[]) => items.map((item) => (isObject(item) ? String(item['id']) : '')).join(' ');
  const done = [...finished].sort(([a], [b]) => a - b).map(([, item]) => item);
  if (ids(output) !== ids(done))
    report('output-equals-items', `the response holds ${ids(output)}, the events ended ${ids(done)}`);
}

function cut(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
