import { out, to } from './edit.ts';
import { readText, type WireAnswer, writeJson, writePieces } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, onAnswer, onEnvelope, onError } from './places.ts';

const bare = (status: number, type: string, text: string): WireAnswer => ({
  status,
  headers: { 'content-type': type },
  pieces: writePieces(text),
  ending: 'whole',
});
const notFound = ({ status }: WireAnswer) => status === 404;
const has = (code: string) => (answer: WireAnswer) => readText(answer).includes(`"${code}"`);

/** Errors in other forms, with other statuses, or with less in them than OpenAI gives. */
export const errorFaults: readonly WireFault[] = [
  {
    id: 'error-flat',
    level: 'must',
    summary: 'the fields of an error stand at the top, without `error`',
    seen: ['cerebras errors.shape', 'mistral errors.shape'],
    put: onEnvelope((error) => ({ object: 'error', ...error })),
  },
  {
    id: 'error-detail',
    level: 'must',
    summary: 'an error is {detail}',
    seen: ['mistral errors.shape', 'huggingface errors.shape'],
    put: onEnvelope(({ message }) => ({ detail: message })),
  },
  {
    id: 'error-detail-list',
    level: 'must',
    summary: 'an error is a list of what a validator found',
    seen: ['mistral errors.shape'],
    put: onEnvelope(({ message }) => ({ detail: [{ loc: ['body', 'messages'], msg: message, type: 'missing' }] })),
  },
  {
    id: 'error-text',
    level: 'must',
    summary: 'error is a text',
    seen: ['huggingface errors.shape', 'baseten errors.shape', 'local errors.shape'],
    put: onEnvelope(({ message }) => ({ error: message })),
  },
  {
    id: 'error-list',
    level: 'must',
    summary: 'an error is {success, errors}',
    seen: ['cloudflare errors.shape'],
    put: onEnvelope(({ message }) => ({ success: false, errors: [{ code: 7003, message }] })),
  },
  {
    id: 'error-in-list',
    level: 'must',
    summary: 'an error is a list with the error in it',
    seen: ['alibaba stream.nochoices'],
    put: onEnvelope((error) => [{ error }]),
  },
  {
    id: 'error-plain',
    level: 'must',
    summary: 'an error is a plain text',
    seen: ['huggingface errors.shape'],
    put: onAnswer((answer) => (answer.status >= 400 ? bare(answer.status, 'text/plain', 'Not Found') : undefined)),
  },
  {
    id: 'error-page',
    level: 'must',
    summary: 'an error is an HTML page',
    seen: ['huggingface errors.shape'],
    put: onAnswer((answer) =>
      answer.status >= 400
        ? bare(answer.status, 'text/html', '<!DOCTYPE html><html><body>Error</body></html>')
        : undefined,
    ),
  },
  {
    id: 'error-without-body',
    level: 'must',
    summary: 'an error has no body',
    seen: ['https://github.com/mlflow/mlflow/issues/25898'],
    put: onAnswer((answer) => (answer.status >= 400 ? { ...answer, pieces: [] } : undefined)),
  },
  {
    id: 'error-code-number',
    level: 'should',
    summary: 'the code of an error is the status as a number',
    seen: ['openrouter errors.code', 'llamacpp errors.code', 'baseten errors.code'],
    put: onEnvelope((error, status) => ({ error: { ...error, code: status } })),
  },
  {
    id: 'error-message-absent',
    level: 'must',
    summary: 'an error has no message',
    seen: ['https://github.com/mlflow/mlflow/issues/25898'],
    put: onError('error.message', out),
  },
  {
    id: 'error-message-object',
    level: 'must',
    summary: 'the message of an error is an object',
    seen: ['mistral errors.shape'],
    put: onError('error.message', (old) => ({ detail: old })),
  },
  {
    id: 'error-type-absent',
    level: 'must',
    summary: 'an error has no type',
    seen: ['openrouter errors.shape', 'xiaomi errors.shape'],
    put: onError('error.type', out),
  },
  {
    id: 'error-param-absent',
    level: 'should',
    summary: 'an error has no param',
    seen: ['groq errors.shape', 'llamacpp errors.shape'],
    put: onError('error.param', out),
  },
  {
    id: 'error-code-absent',
    level: 'should',
    summary: 'an error has no code',
    seen: ['groq errors.shape'],
    put: onError('error.code', out),
  },
  {
    id: 'errors-all-500',
    level: 'must',
    summary: 'whatever is wrong with a request gives 500',
    seen: ['llamacpp errors.code', 'huggingface errors.shape'],
    put: onAnswer((answer) => (answer.status >= 400 && answer.status < 500 ? { ...answer, status: 500 } : undefined)),
  },
  {
    id: 'errors-all-400',
    level: 'must',
    summary: 'wrong keys and unknown models give 400 too',
    seen: ['mistral errors.shape', 'cloudflare errors.shape'],
    put: onAnswer((answer) =>
      answer.status === 401 || answer.status === 404 ? { ...answer, status: 400 } : undefined,
    ),
  },
  {
    id: 'errors-418',
    level: 'must',
    summary: 'errors come with a status no client knows',
    seen: ['case ERR-14'],
    put: onAnswer((answer) => (answer.status >= 400 ? { ...answer, status: 418 } : undefined)),
  },
  {
    id: 'model-not-found-no-code',
    level: 'should',
    summary: 'an unknown model gives 404 without the code model_not_found',
    seen: ['xiaomi errors.code', 'together errors.code'],
    put: onError('error.code', to(null), has('model_not_found')),
  },
  {
    id: 'missing-field-no-param',
    level: 'should',
    summary: 'the error of a missing field does not name the field',
    seen: ['xiaomi errors.shape'],
    put: onEnvelope((error) => ({
      error:
        error['code'] === 'missing_required_parameter' || error['code'] === 'invalid_type'
          ? { ...error, param: null, message: 'Bad Request' }
          : error,
    })),
  },
  {
    id: 'overflow-no-code',
    level: 'should',
    summary: 'a prompt longer than the window gives 400 without its code',
    seen: ['https://github.com/vllm-project/vllm/issues/37011', 'deepseek errors.code'],
    put: onError('error.code', to(null), has('context_length_exceeded')),
  },
  {
    id: 'overflow-500',
    level: 'must',
    summary: 'a prompt longer than the window gives a server error',
    seen: ['llamacpp errors.code'],
    put: onAnswer((answer) =>
      has('context_length_exceeded')(answer)
        ? writeJson(500, { error: { code: 500, message: 'input is too large to process', type: 'server_error' } })
        : undefined,
    ),
  },
  {
    id: 'error-with-stack',
    level: 'should',
    summary: 'the message of an error holds a stack trace',
    seen: ['case ERR-15'],
    put: onError(
      'error.message',
      (old) => `${String(old)}\nTraceback (most recent call last):\n  File "/app/server.py", line 12, in chat`,
    ),
  },
  {
    id: 'model-missing-200',
    level: 'must',
    summary: 'asking for a model that does not exist gives a model',
    seen: ['llamacpp errors.shape'],
    put: onAnswer((answer, { method, path }) =>
      method === 'GET' && /\/models\/./.test(path) && notFound(answer)
        ? writeJson(200, { id: 'any', object: 'model', created: 1, owned_by: 'any' })
        : undefined,
    ),
  },
  {
    id: 'rate-limited-always',
    level: 'must',
    summary: 'every request gets 429',
    seen: ['openrouter errors.shape'],
    put: insteadOf(() =>
      writeJson(
        429,
        { error: { code: 429, message: 'Provider returned error', metadata: {} } },
        { 'retry-after': '0' },
      ),
    ),
  },
  {
    id: 'payment-required',
    level: 'must',
    summary: 'every request gets 402 and a text',
    seen: ['huggingface errors.shape'],
    put: insteadOf(() => writeJson(402, { error: 'You have exceeded your monthly included credits' })),
  },
];
