import { encodeChunks } from '../answer/stream.ts';
import type { Call } from '../call.ts';
import { jsonResponse, streamResponse } from '../response.ts';
import { askChat } from './ask-chat.ts';

/** Serves `POST /chat/completions`. */
export async function answerChat(call: Call): Promise<Response> {
  const answer = await askChat(call);
  return 'chunks' in answer
    ? streamResponse(encodeChunks(answer.chunks, answer.wantsUsage, answer.stop), answer.upstream, call.report)
    : jsonResponse(answer.completion, answer.upstream, call.report);
}
