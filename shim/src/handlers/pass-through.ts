import { readUpstreamError } from '../answer/upstream-error.ts';
import { type Call, copyHeaders, readText } from '../call.ts';
import { answerHeaders } from '../headers.ts';

/** Endpoints without passes of their own: the model is mapped, errors are brought into shape, the rest stays. */
export async function passThrough({ ask, path, body, model, requestedModel }: Call): Promise<Response> {
  const mapped = body !== undefined && requestedModel !== '' && model !== requestedModel;
  const response = await ask(path, mapped ? { body: JSON.stringify({ ...body, model }) } : {});
  // The Node stream of node-fetch stays in its own response.
  if (response.status < 400 && response.body !== null && !('getReader' in response.body)) return response;
  if (response.status < 400)
    return new Response(response.body, {
      status: response.status,
      headers: answerHeaders(copyHeaders(response), response.headers.get('content-type') ?? 'application/octet-stream'),
    });
  throw readUpstreamError(response.status, await readText(response), copyHeaders(response));
}
