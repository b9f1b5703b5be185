import { isObject, type JsonObject, readObjects } from '../../json.ts';
import { out, to } from './edit.ts';
import { writeJson } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { insteadOf, isTo, onAnswer, onBody, onFrames, onRequest, several } from './places.ts';

/** Moderations, old completions, files and batches. */
export const serviceFaults: readonly WireFault[] = [
  {
    id: 'moderation-flag-text',
    level: 'should',
    summary: 'flagged is a text',
    seen: ['case MODR-01'],
    put: onBody('moderations', 'results.*.flagged', (old) => String(old)),
  },
  {
    id: 'moderation-scores-absent',
    level: 'should',
    summary: 'a moderation has no scores',
    seen: ['case MODR-01'],
    put: onBody('moderations', 'results.*.category_scores', out),
  },
  {
    id: 'moderation-categories-list',
    level: 'should',
    summary: 'categories are a list of names',
    seen: ['case MODR-01'],
    put: onBody('moderations', 'results.*.categories', (old) => Object.keys(old as JsonObject)),
  },
  {
    id: 'moderation-first-only',
    level: 'should',
    summary: 'a list of inputs gets one result',
    seen: ['case MODR-02'],
    put: onBody('moderations', 'results', (old) => readObjects(old).slice(0, 1)),
  },
  {
    id: 'moderation-id-absent',
    level: 'should',
    summary: 'a moderation has no id',
    seen: ['case MODR-01'],
    put: onBody('moderations', 'id', out),
  },
  {
    id: 'completion-of-chat',
    level: 'should',
    summary: 'an old completion has the form of a chat answer',
    seen: ['case CMP-01'],
    put: onBody('completions', 'choices.*', (old) => {
      const { text, ...rest } = old as JsonObject;
      return { ...rest, message: { role: 'assistant', content: text } };
    }),
  },
  {
    id: 'completion-object-of-chat',
    level: 'should',
    summary: 'an old completion calls itself chat.completion',
    seen: ['tgi stream.object'],
    put: onBody('completions', 'object', to('chat.completion')),
  },
  {
    id: 'completion-echo-ignored',
    level: 'should',
    summary: 'echo is ignored',
    seen: ['case CMP-03'],
    put: onRequest('completions', 'echo', out),
  },
  {
    id: 'completion-list-first-only',
    level: 'should',
    summary: 'of a list of prompts the first is answered',
    seen: ['case CMP-02'],
    put: onRequest('completions', 'prompt', (old) => (Array.isArray(old) && typeof old[0] === 'string' ? old[0] : old)),
  },
  {
    id: 'completion-logprobs-of-chat',
    level: 'should',
    summary: 'logprobs of an old completion have the form of chat',
    seen: ['case CMP-04'],
    put: onBody('completions', 'choices.*.logprobs', (old) => (isObject(old) ? { content: [], refusal: null } : old)),
  },
  {
    id: 'completion-done-absent',
    level: 'should',
    summary: 'the stream of an old completion ends without [DONE]',
    seen: ['case CMP-05'],
    put: onFrames('completions', (frames) => frames.filter(({ data }) => data !== '[DONE]')),
  },
  {
    id: 'completion-stop-ignored',
    level: 'should',
    summary: 'stop is ignored in old completions',
    seen: ['case CMP-06'],
    put: onRequest('completions', 'stop', out),
  },
  {
    id: 'completion-max-tokens-ignored',
    level: 'should',
    summary: 'max_tokens is ignored in old completions',
    seen: ['case CMP-06'],
    put: onRequest('completions', 'max_tokens', to(400)),
  },
  {
    id: 'completion-usage-absent',
    level: 'should',
    summary: 'an old completion has no usage',
    seen: ['case CMP-01'],
    put: onBody('completions', 'usage', out),
  },
  {
    id: 'completion-finish-absent',
    level: 'should',
    summary: 'an old completion has no finish_reason',
    seen: ['case CMP-01'],
    put: onBody('completions', 'choices.*.finish_reason', out),
  },
  {
    id: 'completion-stream-usage-absent',
    level: 'should',
    summary: 'include_usage gets no usage in old completions',
    seen: ['case CMP-07'],
    put: onRequest('completions', 'stream_options', out),
  },
  {
    id: 'file-purpose-unchecked',
    level: 'should',
    summary: 'a file without a purpose is taken',
    seen: ['case FIL-02'],
    put: onAnswer((answer, request) =>
      isTo(request, 'files') && request.method === 'POST' && answer.status === 400
        ? writeJson(200, { id: 'file-1', object: 'file', bytes: 1, created_at: 1, filename: 'a', purpose: 'batch' })
        : undefined,
    ),
  },
  {
    id: 'file-object-absent',
    level: 'should',
    summary: 'a file does not say what object it is',
    seen: ['case FIL-01'],
    put: onBody('files', 'object', out),
  },
  {
    id: 'file-lost',
    level: 'should',
    summary: 'a file that was sent is not found',
    seen: ['case FIL-01'],
    put: insteadOf(({ method, path }) =>
      method === 'GET' && /\/files\/./.test(path)
        ? writeJson(404, {
            error: { message: 'No such File object', type: 'invalid_request_error', param: 'id', code: null },
          })
        : undefined,
    ),
  },
  {
    id: 'file-not-deleted',
    level: 'should',
    summary: 'a deleted file can still be read',
    seen: ['case FIL-01'],
    put: insteadOf(({ method, path }) =>
      method === 'DELETE' && /\/files\/./.test(path)
        ? writeJson(200, { id: path.split('/').at(-1), object: 'file', deleted: true })
        : undefined,
    ),
  },
  {
    id: 'batch-custom-ids-lost',
    level: 'should',
    summary: 'the lines of a batch come without custom_id',
    seen: ['case BAT-01'],
    put: onAnswer((answer, { path }) => {
      const text = new TextDecoder().decode(Buffer.concat(answer.pieces.map(({ bytes }) => bytes)));
      return path.endsWith('/content') && text.includes('"custom_id"') && text.includes('"response"')
        ? {
            ...answer,
            pieces: [{ bytes: new TextEncoder().encode(text.replaceAll('"custom_id"', '"id_of_line"')), waitMs: 0 }],
          }
        : undefined;
    }),
  },
  {
    id: 'batch-endpoint-unchecked',
    level: 'should',
    summary: 'a batch for an endpoint that does not exist is taken',
    seen: ['case BAT-02'],
    put: several(
      onRequest('batches', 'endpoint', to('/v1/chat/completions')),
      onRequest('batches', 'completion_window', to('24h')),
    ),
  },
  {
    id: 'batch-not-cancelled',
    level: 'should',
    summary: 'a cancelled batch goes on',
    seen: ['case BAT-03'],
    put: onBody('batches', 'status', (old) => (old === 'cancelling' || old === 'cancelled' ? 'in_progress' : old)),
  },
];
