import { type JsonObject, readObjects } from '../json.ts';
import { splitArguments } from './chat.ts';
import { splitTokens } from './tokens.ts';

/** The events of a response that is told piece by piece. Source: https://platform.openai.com/docs/api-reference/responses-streaming, checked 2026-11-25 */
export function writeResponseEvents(begun: JsonObject, ended: JsonObject): readonly JsonObject[] {
  const events: JsonObject[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...readObjects(ended['output']).flatMap((item, output_index) => writeItem(item, output_index)),
    { type: ended['status'] === 'completed' ? 'response.completed' : 'response.incomplete', response: ended },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function writeItem(item: JsonObject, output_index: number): JsonObject[] {
  const { id: item_id, type } = item;
  const around = (opened: JsonObject, inner: readonly JsonObject[]): JsonObject[] => [
    { type: 'response.output_item.added', item: opened, output_index },
    ...inner,
    { type: 'response.output_item.done', item, output_index },
  ];
  if (type === 'function_call') {
    const text = String(item['arguments']);
    return around({ ...item, status: 'in_progress', arguments: '' }, [
      ...splitArguments(text).map((delta) => ({
        type: 'response.function_call_arguments.delta',
        delta,
        item_id,
        output_index,
      })),
      { type: 'response.function_call_arguments.done', arguments: text, name: item['name'], item_id, output_index },
    ]);
  }
  if (type !== 'message') return around(item, []);
  const [part = {}] = readObjects(item['content']);
  const text = String(part['text']);
  const logprobs = readObjects(part['logprobs']);
  const at = { item_id, output_index, content_index: 0 };
  return around({ ...item, status: 'in_progress', content: [] }, [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '', logprobs: [] } },
    ...splitTokens(text).map((delta, index) => ({
      type: 'response.output_text.delta',
      ...at,
      delta,
      logprobs: logprobs.slice(index, index + 1),
    })),
    { type: 'response.output_text.done', ...at, text, logprobs },
    { type: 'response.content_part.done', ...at, part },
  ]);
}
