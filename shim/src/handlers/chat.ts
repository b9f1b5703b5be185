import { encodeChunks } from '../answer/stream.ts';
import type { Call } from '../call.ts';
import { askWatched } from '../guard/chat.ts';
import { checkChatRequest } from '../request/bounds.ts';
import { jsonResponse, streamResponse } from '../response.ts';

/** Serves `POST /chat/completions`. */
export async function answerChat(call: Call): Promise<Response> {
  if (call.body !== undefined) checkChatRequest(call.body);
  const answer = await askWatched(call);
  return 'chunks' in answer
    ? streamResponse(encodeChunks(answer.chunks, answer.wantsUsage, answer.stop), answer.upstream, call.report)
    : jsonResponse(answer.completion, answer.upstream, call.report);
}
