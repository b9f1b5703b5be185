import type { Endpoint, EndpointRequest, WireAnswer } from './endpoint.ts';

/** Sends requests to an endpoint of this process: a fetch without a socket, whose answers come piece by piece. */
export function createEndpointFetch(
  endpoint: Endpoint,
): (url: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const request = new Request(url, {
      ...init,
      ...(init?.body === undefined || init.body === null ? {} : { duplex: 'half' }),
    } as RequestInit);
    request.signal.throwIfAborted();
    const answer = await endpoint(await readRequest(request));
    const bodiless = answer.status === 204 || answer.status === 304;
    return new Response(bodiless ? null : streamPieces(answer, request.signal), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

async function readRequest(request: Request): Promise<EndpointRequest> {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    query: search,
    headers: Object.fromEntries(request.headers),
    text: request.body === null ? '' : await request.text(),
  };
}

function streamPieces({ pieces, ending }: WireAnswer, signal: AbortSignal): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
    async pull(controller) {
      const piece = pieces[at];
      at += 1;
      if (piece !== undefined) {
        if (piece.waitMs > 0) await new Promise((resolve) => setTimeout(resolve, piece.waitMs));
        if (!signal.aborted) controller.enqueue(piece.bytes);
        return;
      }
      if (ending === 'whole') controller.close();
      else if (ending === 'reset') controller.error(new TypeError('terminated', { cause: new Error('ECONNRESET') }));
      else await waitForLeave(signal);
    },
  });
}

/** What never ends is left open until its reader leaves; as an open socket does, it keeps the process. */
function waitForLeave(signal: AbortSignal): Promise<void> {
  const socket = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(socket);
        resolve();
      },
      { once: true },
    );
  });
}
