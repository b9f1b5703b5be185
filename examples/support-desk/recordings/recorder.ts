import { encodeExchange, type Exchange } from '@migrate-llm/shim/exchange';

/** A fetch that keeps every exchange that goes through it. */
export interface Recorder {
  readonly fetch: typeof globalThis.fetch;
  /** Runs a flow of the app and tags what it sends. */
  readonly tag: (callSite: string, run: () => Promise<unknown>) => Promise<void>;
  /** Waits for the answers still under way and gives the recording's text. */
  readonly finish: () => Promise<string>;
}

const keptRequestHeaders = ['content-type', 'authorization'];
const keptResponseHeaders = ['content-type', 'x-request-id', 'retry-after-ms'];

/** Makes a recorder around a fetch. Ids and times are counted, not measured, so that the same run gives the same bytes. */
export function createRecorder(inner: typeof globalThis.fetch): Recorder {
  const lines: Promise<string>[] = [];
  let callSite: string | null = null;

  return {
    fetch: async (input, init) => {
      const place = lines.length;
      const response = await new Promise<Response>((resolve, reject) => {
        // The line takes its place when the request is sent: answers may come in another order.
        lines.push(
          inner(input, init).then(async (answer) => {
            const [forApp, forUs] = [answer.clone(), answer];
            resolve(forApp);
            return writeLine(place, callSite, new Request(input, init), forUs);
          }),
        );
        lines[place]?.catch(reject);
      });
      return response;
    },
    tag: async (name, run) => {
      callSite = name;
      await run();
    },
    finish: async () => (await Promise.all(lines)).map((line) => `${line}\n`).join(''),
  };
}

async function writeLine(place: number, callSite: string | null, request: Request, answer: Response): Promise<string> {
  const body: unknown = JSON.parse(await request.text());
  const number = String(place + 1).padStart(2, '0');
  const exchange: Exchange = {
    v: 1,
    id: `support-desk-${number}`,
    recordedAt: `2026-11-25T09:00:${number}.000Z`,
    // Nothing here ever came from OpenAI: the answers are made up to its documented shapes.
    provenance: 'synthetic',
    target: 'openai',
    model: (body as { model?: string }).model ?? null,
    callSite,
    sdk: `openai@${request.headers.get('x-stainless-package-version')}`,
    request: {
      method: request.method,
      path: new URL(request.url).pathname.replace(/^\/v1/, ''),
      headers: keepHeaders(request.headers, keptRequestHeaders),
      body,
    },
    response: {
      status: answer.status,
      headers: keepHeaders(answer.headers, keptResponseHeaders),
      chunks: await readChunks(answer),
    },
  };
  return encodeExchange(exchange);
}

function keepHeaders(headers: Headers, kept: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = headers.get(name);
      if (value === null) return [];
      return [[name, name === 'authorization' ? 'Bearer [redacted]' : value]];
    }),
  );
}

async function readChunks(answer: Response): Promise<Array<[number, string]>> {
  const chunks: Array<[number, string]> = [];
  for await (const bytes of answer.body ?? []) {
    chunks.push([250 + chunks.length * 20, Buffer.from(bytes as Uint8Array).toString('base64')]);
  }
  return chunks;
}
