import { encodeChunks } from '../answer/stream.ts';
import type { Call } from '../call.ts';
import { askWatched } from '../guard/chat.ts';
import { checkChatRequest } from '../request/bounds.ts';
import { jsonResponse, streamResponse } from '../response.ts';

/** Serves `POST /chat/completions`. */
export async function answerChat(call: Call): Promise<Response> {
  const { body, requestedModel } = call;
  // Azure's deployment stands in the path for the model.
  if (body !== undefined) checkChatRequest(requestedModel === '' ? body : { model: requestedModel, ...body });
  const answer = await askWatched(call);
  return 'chunks' in answer
    ? streamResponse(encodeChunks(answer.chunks, answer.wantsUsage, answer.stop), answer.upstream, call.report)
    : jsonResponse(answer.completion, answer.upstream, call.report);
}
