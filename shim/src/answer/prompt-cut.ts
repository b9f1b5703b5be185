import { citeFact, type Dialect } from '../dialect.ts';
import type { Report } from '../report.ts';
import { isObject, type WireObject } from '../wire.ts';

/** Below it a cut prompt is unlikely, and an engine that counts oddly is not. */
const leastWords = 256;

/**
 * Counts the words of a chat request that no template leaves out: those of system, user and tool messages. A tokenizer makes at least one token of each, so an
 * endpoint that counts fewer tokens than there are words has not read them all. Measured on 1,486 recorded exchanges, none counts fewer.
 */
export function countPromptWords({ messages }: WireObject): number {
  if (!Array.isArray(messages)) return 0;
  let words = 0;
  for (const message of messages) {
    // Templates take earlier reasoning out of the assistant's turns.
    if (!isObject(message) || message['role'] === 'assistant') continue;
    const { content } = message;
    const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
    for (const part of parts) words += countWords(isObject(part) ? part['text'] : part);
  }
  return words;
}

function countWords(text: unknown): number {
  if (typeof text !== 'string') return 0;
  let words = 0;
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const isSpace = text.charCodeAt(at) <= 32;
    if (!isSpace && !inside) words += 1;
    inside = !isSpace;
  }
  return words;
}

/** Notes a prompt that the endpoint cut without a word: by a count below the prompt's words, or one at which the dialect says it cuts. */
export function noteCutPrompt(usage: WireObject | undefined, words: number, { cuts }: Dialect, report: Report): void {
  const counted = usage?.['prompt_tokens'];
  if (typeof counted !== 'number' || counted <= 0) return;
  const isShort = words >= leastWords && counted < words;
  const isLimit = cuts?.counts.includes(counted) === true;
  if (!isShort && !isLimit) return;
  report.add({
    code: 'prompt-cut',
    severity: 'lossy',
    where: 'request.messages',
    what: isShort
      ? `the endpoint read ${counted} tokens of a prompt of at least ${words}`
      : `the endpoint read ${counted} tokens, exactly as many as it cuts a longer prompt to`,
    why:
      cuts === undefined
        ? 'it cuts a prompt that is longer than its context, and answers as if nothing were missing'
        : citeFact(cuts),
    fix: 'Give the model a longer context on the server (Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH; llama-server: -c), or send less',
  });
}
