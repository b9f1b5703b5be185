import { isObject, type WireObject } from '../wire.ts';
import type { Emit } from './event.ts';
import { type Item, makeItemId } from './item.ts';

/** Writes one item of text: a message or reasoning, part by part. */
export interface PartWriter {
  readonly kind: 'reasoning' | 'message';
  /** Adds text to the open part; a refusal is a part of its own. */
  write(text: string, refusal: boolean, logprobs: readonly unknown[]): void;
  close(status: 'completed' | 'incomplete'): void;
}

type PartType = 'reasoning_text' | 'output_text' | 'refusal';

/** Opens an item of text. `place` puts it into the output and gives its index; `settle` replaces it there. */
export function createPartWriter(
  kind: 'reasoning' | 'message',
  emit: Emit,
  place: (item: Item) => number,
  settle: (index: number, item: Item) => void,
): PartWriter {
  const id = makeItemId(kind);
  const content: WireObject[] = [];
  const make = (status: string, parts: readonly WireObject[]): Item =>
    kind === 'message'
      ? { id, type: kind, status, content: parts, role: 'assistant' }
      : { id, type: kind, status, summary: [], content: parts };
  const index = place(make('in_progress', []));
  emit('response.output_item.added', { output_index: index, item: make('in_progress', []) });

  let open: PartType | undefined;
  let text = '';
  let logprobs: unknown[] = [];
  const at = () => ({ item_id: id, output_index: index, content_index: content.length });
  const closePart = (): void => {
    if (open === undefined) return;
    const part = makePart(open, text, logprobs);
    const said = open === 'refusal' ? { refusal: text } : open === 'output_text' ? { text, logprobs } : { text };
    emit(`response.${open}.done`, { ...at(), ...said });
    emit('response.content_part.done', { ...at(), part });
    content.push(part);
    open = undefined;
    text = '';
    logprobs = [];
  };

  return {
    kind,
    write(more, refusal, tokens) {
      const type: PartType = kind === 'reasoning' ? 'reasoning_text' : refusal ? 'refusal' : 'output_text';
      if (open !== type) {
        closePart();
        open = type;
        emit('response.content_part.added', { ...at(), part: makePart(type, '', []) });
      }
      if (more === '' && tokens.length === 0) return;
      text += more;
      const read = tokens.filter(isObject).map(readToken);
      logprobs.push(...read);
      emit(`response.${type}.delta`, { ...at(), delta: more, ...(type === 'output_text' ? { logprobs: read } : {}) });
    },
    close(status) {
      closePart();
      const item = make(status, content);
      settle(index, item);
      emit('response.output_item.done', { output_index: index, item });
    },
  };
}

function makePart(type: PartType, text: string, logprobs: readonly unknown[]): WireObject {
  if (type === 'refusal') return { type, refusal: text };
  return type === 'output_text' ? { type, annotations: [], logprobs, text } : { type, text };
}

function readToken({ token, bytes, logprob, top_logprobs: top }: WireObject): WireObject {
  return { token, bytes: bytes ?? [], logprob, top_logprobs: Array.isArray(top) ? top : [] };
}
