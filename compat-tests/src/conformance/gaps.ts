import type { Gap } from './result.ts';

/** What recorded answers of some endpoints do otherwise than a case says. */
export interface GapRow {
  readonly case: string;
  readonly reason: string;
  /** By dialect or provider: how many recorded answers leave the case, of how many it applies to. */
  readonly at: Readonly<Record<string, readonly [left: number, of: number]>>;
}

/**
 * Known deviations. They explain a failure and excuse nothing; the corpus test fails for a deviation that is not here, and for one that healed.
 * Source: recorded traffic with open endpoints, checked 2026-11-25 (gaps.corpus.test.ts)
 */
export const gaps: readonly GapRow[] = [
  { case: 'MOD-01', reason: 'the list is no OpenAI list', at: { baseten: [1, 1] } },
  { case: 'MOD-01', reason: 'models without created', at: { deepseek: [2, 2], xiaomi: [1, 1] } },
  { case: 'MOD-03', reason: 'the model stands in an object of its own', at: { cloudflare: [2, 2] } },
  { case: 'CHAT-01', reason: 'an error body is sent with status 200', at: { openrouter: [2, 22] } },
  {
    case: 'CHAT-03',
    reason: 'another name stands for the model asked for',
    at: { openrouter: [2, 22], deepseek: [20, 34], cerebras: [1, 17], huggingface: [5, 21] },
  },
  { case: 'CHAT-03', reason: 'no model was asked for', at: { llamacpp: [27, 27] } },
  { case: 'CHAT-04', reason: 'an error body is sent with status 200', at: { openrouter: [2, 22] } },
  { case: 'CHAT-05', reason: 'finish_reason is null in a whole answer', at: { openrouter: [1, 22] } },
  { case: 'CHAT-05', reason: 'ends with a reason of its own ("eos")', at: { together: [4, 25] } },
  { case: 'CHAT-06', reason: 'content is a list of parts where the model reasons', at: { mistral: [2, 86] } },
  {
    case: 'CHAT-06',
    reason: 'content is left out of a message that reasons or calls a tool',
    at: { baseten: [5, 13], cerebras: [5, 17], groq: [14, 27] },
  },
  { case: 'ROLE-03', reason: 'one answer is empty and ends with stop', at: { mistral: [1, 45] } },
  { case: 'ROLE-04', reason: 'one answer is empty and ends with stop', at: { mistral: [1, 15] } },
  { case: 'LEN-09', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  {
    case: 'LEN-09',
    reason: 'pieces follow the one with finish_reason',
    at: { baseten: [2, 9], together: [1, 15], openrouter: [20, 20] },
  },
  { case: 'LEN-09', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 14] } },
  { case: 'USG-01', reason: 'an error body is sent with status 200', at: { openrouter: [2, 22] } },
  { case: 'USG-02', reason: 'an error body is sent with status 200', at: { openrouter: [2, 22] } },
  {
    case: 'USG-09',
    reason: 'the stream ends in an error, without usage',
    at: { alibaba: [1, 23], huggingface: [1, 14], openrouter: [2, 20] },
  },
  { case: 'STR-02', reason: 'an error arrives inside the stream', at: { alibaba: [1, 23], openrouter: [3, 20] } },
  {
    case: 'STR-03',
    reason: 'the stream ends without [DONE] behind an error',
    at: { alibaba: [1, 23], cerebras: [1, 19], openrouter: [2, 20] },
  },
  { case: 'STR-04', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'STR-04', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 14] } },
  { case: 'STR-05', reason: 'the id changes within the stream (compound models)', at: { groq: [6, 10] } },
  {
    case: 'STR-06',
    reason: 'created changes within the stream',
    at: { 'ollama-cloud': [5, 7], ollama: [4, 4], baseten: [6, 9], groq: [2, 10], llamacpp: [2, 16], xiaomi: [7, 19] },
  },
  { case: 'STR-06', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  {
    case: 'STR-07',
    reason: 'the role is repeated in later deltas',
    at: {
      zai: [3, 3],
      ollama: [4, 4],
      huggingface: [6, 14],
      together: [14, 15],
      openrouter: [20, 20],
      xiaomi: [3, 19],
    },
  },
  { case: 'STR-07', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'STR-07', reason: 'a delta without a role comes first (compound models)', at: { groq: [6, 10] } },
  { case: 'STR-08', reason: 'content is a list of parts where the model reasons', at: { mistral: [1, 36] } },
  { case: 'STR-11', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'STR-11', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 14] } },
  { case: 'STR-11', reason: 'finish_reason comes twice', at: { together: [1, 15], openrouter: [19, 20] } },
  {
    case: 'STR-12',
    reason: 'text or a call stands in the delta with finish_reason',
    at: { mistral: [20, 36], baseten: [3, 9], together: [1, 15], local: [1, 1] },
  },
  { case: 'STR-12', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'STR-12', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 14] } },
  { case: 'STR-12', reason: 'the stream is an error', at: { openrouter: [3, 20] } },
  {
    case: 'STR-13',
    reason: 'usage stands in a chunk with a choice, or in many',
    at: { zai: [3, 3], deepseek: [8, 8], openrouter: [20, 20] },
  },
  { case: 'STR-13', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'STR-13', reason: 'usage comes in every chunk', at: { baseten: [9, 9] } },
  { case: 'STR-13', reason: 'usage does not come, or comes in many chunks', at: { huggingface: [7, 14] } },
  {
    case: 'STR-14',
    reason: 'usage comes unasked',
    at: {
      mistral: [36, 36],
      cerebras: [19, 19],
      deepseek: [19, 19],
      groq: [3, 10],
      together: [14, 15],
      xiaomi: [19, 19],
    },
  },
  {
    case: 'STR-15',
    reason: 'usage stands in chunks with a choice',
    at: { zai: [3, 3], deepseek: [8, 8], baseten: [9, 9], huggingface: [6, 14], openrouter: [18, 20] },
  },
  {
    case: 'STR-18',
    reason: 'the refusal is no error envelope',
    at: { baseten: [3, 9], huggingface: [7, 9], mistral: [11, 11] },
  },
  { case: 'STR-18', reason: 'the type is application/octet-stream', at: { deepseek: [1, 1] } },
  { case: 'STT-02', reason: 'the first fragment of a call has no type', at: { mistral: [3, 5] } },
  { case: 'STT-04', reason: 'arguments do not fit the schema', at: { together: [1, 2] } },
  { case: 'STT-07', reason: 'arguments do not fit the schema', at: { together: [1, 2] } },
  {
    case: 'STT-15',
    reason: 'later fragments of a call have an empty id or name',
    at: { alibaba: [5, 5], together: [1, 2], xiaomi: [1, 4] },
  },
  { case: 'STT-13', reason: 'the required call comes as text', at: { huggingface: [1, 1] } },
  { case: 'TOOL-01', reason: 'calls have no type', at: { mistral: [23, 47] } },
  { case: 'TOOL-01', reason: 'arguments do not fit the schema', at: { openrouter: [1, 7] } },
  { case: 'TOOL-02', reason: 'calls have no type', at: { mistral: [23, 31] } },
  { case: 'TOOL-03', reason: 'arguments do not fit the schema', at: { openrouter: [1, 6] } },
  { case: 'TOOL-05', reason: 'a required call is not made', at: { huggingface: [1, 4], llamacpp: [1, 5] } },
  { case: 'TOOL-05', reason: 'calls have no type', at: { mistral: [12, 12] } },
  { case: 'TOOL-05', reason: 'arguments do not fit the schema', at: { openrouter: [1, 4] } },
  { case: 'JSON-01', reason: 'the text is no JSON object', at: { groq: [1, 5], llamacpp: [1, 4] } },
  { case: 'JSON-07', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'JSON-08', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 4] } },
  { case: 'JSON-08', reason: 'the text is no JSON object', at: { llamacpp: [1, 2] } },
  { case: 'JSON-11', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'SCH-01', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'SCH-07', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'SCH-10', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'VIS-06', reason: 'an image for a model without eyes is answered 500', at: { llamacpp: [2, 8] } },
  { case: 'VIS-08', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 4] } },
  { case: 'VIS-08', reason: 'finish_reason comes twice', at: { openrouter: [3, 3] } },
  { case: 'LOGP-03', reason: 'the tokens hold the end mark that the text has not', at: { huggingface: [1, 1] } },
  { case: 'LOGP-07', reason: 'logprobs come without their tokens', at: { baseten: [2, 2], openrouter: [2, 3] } },
  {
    case: 'LOGP-07',
    reason: 'the tokens hold the end mark that the text has not',
    at: { cerebras: [2, 2], huggingface: [1, 2] },
  },
  { case: 'LOGP-07', reason: 'the tokens hold the reasoning that the text has not', at: { llamacpp: [1, 3] } },
  {
    case: 'ERR-01',
    reason: 'the error is no OpenAI envelope',
    at: { baseten: [5, 16], huggingface: [17, 23], mistral: [22, 22] },
  },
  { case: 'ERR-01', reason: 'the error has no type', at: { openrouter: [3, 3], xiaomi: [2, 8] } },
  {
    case: 'ERR-16',
    reason: 'code is a number, or there is no envelope',
    at: { baseten: [16, 16], huggingface: [17, 23], mistral: [22, 22], openrouter: [3, 3] },
  },
  {
    case: 'ERR-03',
    reason: 'the error is no OpenAI envelope',
    at: { cerebras: [2, 2], huggingface: [2, 2], mistral: [2, 2] },
  },
  { case: 'ERR-04', reason: 'the error is no OpenAI envelope', at: { cerebras: [2, 2] } },
  { case: 'ERR-09', reason: 'neither retry-after nor error.type', at: { openrouter: [1, 1] } },
  {
    case: 'ERR-10',
    reason: 'the error is no OpenAI envelope',
    at: { baseten: [4, 4], cerebras: [2, 2], huggingface: [5, 5] },
  },
  { case: 'ERR-18', reason: 'the type is application/octet-stream', at: { deepseek: [4, 5] } },
  { case: 'UNI-03', reason: 'arguments do not fit the schema', at: { together: [1, 2] } },
  { case: 'EMB-08', reason: 'vectors are not of length 1', at: { local: [4, 4] } },
  { case: 'CMP-01', reason: 'object is "text.completion"', at: { together: [1, 1] } },
  { case: 'CMP-05', reason: 'object is "completion.chunk"', at: { together: [1, 1] } },
  { case: 'RSP-07', reason: 'a call has the id of its item in item_id', at: { bedrock: [1, 2] } },
  { case: 'RST-01', reason: 'frames have no event line', at: { bedrock: [1, 1] } },
  { case: 'RST-08', reason: 'reasoning text is told outside a part', at: { bedrock: [1, 1] } },
  { case: 'RST-09', reason: 'the item at the end is empty', at: { bedrock: [1, 1] } },
  { case: 'RST-17', reason: 'reasoning text is told outside a part', at: { bedrock: [1, 1] } },
  { case: 'RST-18', reason: 'events of its own: response.reasoning_part', at: { bedrock: [1, 1] } },
  { case: 'SDK-01', reason: 'one stream is an error event and nothing else', at: { alibaba: [1, 23] } },
  { case: 'SDK-01', reason: 'a delta without a role comes first (compound models)', at: { groq: [6, 10] } },
  { case: 'SDK-01', reason: 'one stream is [DONE] and nothing else', at: { huggingface: [1, 14] } },
  { case: 'SDK-01', reason: 'finish_reason comes twice', at: { together: [1, 15], openrouter: [19, 20] } },
  { case: 'SDK-02', reason: 'an error is sent with status 200', at: { openrouter: [2, 2] } },
  { case: 'SDK-05', reason: 'the first fragment of a call has no type', at: { mistral: [3, 5] } },
];

/** Finds the known deviation behind a case of a dialect. */
export function findGap(dialect: string | undefined, id: string): Gap | null {
  if (dialect === undefined) return null;
  const row = gaps.find((one) => one.case === id && one.at[dialect] !== undefined);
  const count = row?.at[dialect];
  if (row === undefined || count === undefined) return null;
  const source = `recorded traffic: ${count[0]} of ${count[1]} answers, checked 2026-11-25`;
  return { dialect, case: id, reason: row.reason, source };
}
