import { isObject, parseJson } from '../../json.ts';
import {
  type Endpoint,
  isEventStream,
  joinBytes,
  readRequestJson,
  readText,
  type WireAnswer,
  writeJson,
  writePieces,
} from '../../endpoint.ts';
import { referenceKey } from '../../reference/endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, isTo, onAnswer } from './places.ts';

const page = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
const html = (status: number): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  pieces: writePieces(page),
  ending: 'whole',
});
const refuse = (status: number, message: string, code: string | null = null): WireAnswer =>
  writeJson(status, { error: { message, type: 'invalid_request_error', param: null, code } });

const whole = (answer: WireAnswer) => answer.status < 400 && !isEventStream(answer);
const isJsonObject = (text: string) => isObject(parseJson(text));
const plainQuestion = JSON.stringify({ model: 'reference-chat', messages: [{ role: 'user', content: 'Hello' }] });

/** What goes wrong before a body is looked at: status lines, content types, connections, keys. */
export const transportFaults: readonly WireFault[] = [
  {
    id: 'success-octet-stream',
    level: 'must',
    summary: 'answers are declared as application/octet-stream',
    seen: ['deepseek errors.shape'],
    put: onAnswer((answer) =>
      whole(answer)
        ? { ...answer, headers: { ...answer.headers, 'content-type': 'application/octet-stream' } }
        : undefined,
    ),
  },
  {
    id: 'success-html',
    level: 'must',
    summary: 'a proxy in the way answers 200 with an HTML page',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267', 'huggingface errors.shape'],
    put: onAnswer((answer, request) => (isTo(request, 'chat/completions') && whole(answer) ? html(200) : undefined)),
  },
  {
    id: 'success-created',
    level: 'must',
    summary: 'a chat answer has status 201',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onAnswer((answer, request) =>
      isTo(request, 'chat/completions') && whole(answer) ? { ...answer, status: 201 } : undefined,
    ),
  },
  {
    id: 'body-empty',
    level: 'must',
    summary: 'a chat answer has no body',
    seen: ['https://github.com/mlflow/mlflow/issues/25898'],
    put: onAnswer((answer, request) =>
      isTo(request, 'chat/completions') && whole(answer) ? { ...answer, pieces: [] } : undefined,
    ),
  },
  {
    id: 'body-cut',
    level: 'must',
    summary: 'the JSON of an answer stops in the middle',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onAnswer((answer) => {
      const text = readText(answer);
      return whole(answer) && isJsonObject(text)
        ? { ...answer, pieces: writePieces(text.slice(0, text.length / 2)) }
        : undefined;
    }),
  },
  {
    id: 'body-reset',
    level: 'must',
    summary: 'the connection is reset in the middle of an answer',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onAnswer((answer) => {
      if (!whole(answer)) return undefined;
      const bytes = joinBytes(answer.pieces);
      return { ...answer, pieces: [{ bytes: bytes.slice(0, bytes.length / 2), waitMs: 0 }], ending: 'reset' };
    }),
  },
  {
    id: 'answer-hangs',
    level: 'must',
    summary: 'a chat answer starts and never ends',
    seen: ['https://github.com/vercel/ai/issues/4224'],
    put: onAnswer((answer, request) =>
      isTo(request, 'chat/completions') && whole(answer)
        ? { ...answer, pieces: writePieces('{"id":'), ending: 'never' }
        : undefined,
    ),
  },
  {
    id: 'error-as-success',
    level: 'must',
    summary: 'errors come with status 200',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onAnswer((answer) => (answer.status >= 400 ? { ...answer, status: 200 } : undefined)),
  },
  {
    id: 'non-object-accepted',
    level: 'must',
    summary: 'a body that is a list, a text or null is answered as if it were a question',
    seen: ['case HTTP-11'],
    put: (endpoint) => (request) => {
      const value = readRequestJson(request);
      const odd = request.method === 'POST' && value !== undefined && !isObject(value);
      return endpoint(odd ? { ...request, text: plainQuestion } : request);
    },
  },
  {
    id: 'broken-json-500',
    level: 'must',
    summary: 'a body that is not JSON gives a server error',
    seen: ['llamacpp errors.code'],
    put: insteadOf((request) =>
      request.method === 'POST' && !isForm(request.text) && readRequestJson(request) === undefined
        ? writeJson(500, { error: { code: 500, message: 'parse error at line 1, column 2', type: 'server_error' } })
        : undefined,
    ),
  },
  {
    id: 'broken-json-page',
    level: 'must',
    summary: 'a body that is not JSON gives an HTML page',
    seen: ['huggingface errors.shape'],
    put: insteadOf((request) =>
      request.method === 'POST' && !isForm(request.text) && readRequestJson(request) === undefined
        ? html(400)
        : undefined,
    ),
  },
  {
    id: 'unknown-field-500',
    level: 'should',
    summary: 'a field the endpoint does not know gives a server error',
    seen: ['https://github.com/vllm-project/vllm/pull/10463'],
    put: onAnswer((answer) =>
      answer.status === 400 && /unrecognized request argument|unknown parameter/i.test(readText(answer))
        ? writeJson(500, { error: { message: 'internal error', type: 'server_error', param: null, code: null } })
        : undefined,
    ),
  },
  {
    id: 'unknown-route-page',
    level: 'should',
    summary: 'a route that does not exist gives the text "Not Found"',
    seen: ['huggingface errors.shape'],
    put: onAnswer((answer) =>
      answer.status === 404 && /Invalid URL/.test(readText(answer))
        ? { ...answer, headers: { 'content-type': 'text/plain' }, pieces: writePieces('Not Found') }
        : undefined,
    ),
  },
  {
    id: 'wrong-method-200',
    level: 'should',
    summary: 'GET on a route for POST is answered with 200',
    seen: ['case HTTP-05'],
    put: onAnswer((answer, { method, path }) =>
      method === 'GET' && /\/(chat\/completions|embeddings|completions|moderations)$/.test(path) && answer.status >= 400
        ? writeJson(200, { status: 'ok' })
        : undefined,
    ),
  },
  {
    id: 'compressed-body-500',
    level: 'should',
    summary: 'a compressed request gives a server error',
    seen: ['case HTTP-06'],
    put: insteadOf(({ headers }) =>
      headers['content-encoding'] === undefined
        ? undefined
        : writeJson(500, { error: { message: 'invalid character', type: 'server_error', param: null, code: null } }),
    ),
  },
  {
    id: 'sdk-headers-refused',
    level: 'should',
    summary: "headers that OpenAI's clients send are refused",
    seen: ['case HTTP-13'],
    put: insteadOf(({ headers }) =>
      Object.keys(headers).some((name) => /^(openai-|idempotency-key|x-stainless)/.test(name))
        ? refuse(400, 'Unexpected header')
        : undefined,
    ),
  },
  {
    id: 'wrong-key-accepted',
    level: 'must',
    summary: 'any key is accepted, and none',
    seen: ['local errors.shape'],
    put: (endpoint) => (request) =>
      endpoint(
        request.headers['authorization'] === `Bearer ${referenceKey}`
          ? request
          : { ...request, headers: { ...request.headers, authorization: `Bearer ${referenceKey}` } },
      ),
  },
  {
    id: 'wrong-key-403',
    level: 'must',
    summary: 'a wrong key gives 403 with a bare text',
    seen: ['baseten errors.shape'],
    put: onAnswer((answer) =>
      answer.status === 401 ? writeJson(403, { error: 'please check the api-key you provided' }) : undefined,
    ),
  },
  {
    id: 'wrong-key-400',
    level: 'must',
    summary: 'a wrong key gives 400 with a list of errors',
    seen: ['cloudflare errors.shape'],
    put: onAnswer((answer) =>
      answer.status === 401
        ? writeJson(400, { success: false, errors: [{ code: 7003, message: 'no route' }] })
        : undefined,
    ),
  },
  {
    id: 'wrong-key-no-code',
    level: 'should',
    summary: 'a wrong key gives 401 with nothing but a message',
    seen: ['together errors.shape', 'together errors.code'],
    put: onAnswer((answer) =>
      answer.status === 401 ? writeJson(401, { error: { message: 'Unauthorized' } }) : undefined,
    ),
  },
  {
    id: 'bearer-refused',
    level: 'must',
    summary: 'keys are taken from an api-key header only',
    seen: ['azure-openai errors.code'],
    put: insteadOf(({ headers }) =>
      headers['authorization'] !== undefined && headers['api-key'] === undefined
        ? writeJson(401, { error: { code: '401', message: 'Access denied due to missing subscription key.' } })
        : undefined,
    ),
  },
  {
    id: 'sick-after-error',
    level: 'must',
    summary: 'the request after a refused one fails',
    seen: ['case ERR-12'],
    put: (endpoint) => {
      let sick = false;
      return async (request) => {
        if (sick) {
          sick = false;
          return writeJson(500, {
            error: { message: 'engine is dead', type: 'server_error', param: null, code: null },
          });
        }
        const answer = await endpoint(request);
        sick = answer.status >= 400 && answer.status < 500 && answer.status !== 401;
        return answer;
      };
    },
  },
  {
    id: 'answers-swapped',
    level: 'should',
    summary: 'of two requests at once each gets the answer of the other',
    seen: ['case CHAT-12'],
    put: swapAnswers,
  },
  {
    id: 'one-at-a-time',
    level: 'should',
    summary: 'a second request at the same time is refused with 500',
    seen: ['case CHAT-12'],
    put: (endpoint) => {
      let busy = 0;
      return async (request) => {
        busy += 1;
        const crowded = busy > 1;
        // A turn of the event loop: requests that are sent together meet here.
        await new Promise((resolve) => setImmediate(resolve));
        const answer = crowded
          ? writeJson(500, { error: { message: 'busy', type: 'server_error', param: null, code: null } })
          : await endpoint(request);
        busy -= 1;
        return answer;
      };
    },
  },
  {
    id: 'huge-body-reset',
    level: 'should',
    summary: 'a body of many megabytes gets a server error',
    seen: ['case ERR-08'],
    put: insteadOf(({ text }) => (text.length > 4_000_000 ? html(502) : undefined)),
  },
];

const isForm = (text: string) => text === '' || text.startsWith('--');

function swapAnswers(endpoint: Endpoint): Endpoint {
  let waiting: { readonly answer: WireAnswer; readonly take: (other: WireAnswer) => void } | undefined;
  return async (request) => {
    const answer = await endpoint(request);
    if (!isTo(request, 'chat/completions') || answer.status >= 400) return answer;
    const other = waiting;
    if (other !== undefined) {
      waiting = undefined;
      other.take(answer);
      return other.answer;
    }
    return new Promise((resolve) => {
      waiting = { answer, take: resolve };
      setImmediate(() => {
        waiting = undefined;
        resolve(answer);
      });
    });
  };
}
