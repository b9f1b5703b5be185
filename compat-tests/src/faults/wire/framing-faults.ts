import { isObject, parseJson } from '../../json.ts';
import { instead, out } from './edit.ts';
import { isEventStream, joinBytes, readText, writeJson, writePieces } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { type Frame, isTo, onAnswer, onFrames, onRequest, readFrames, several } from './places.ts';

const chat = 'chat/completions';
const done: Frame = { event: undefined, data: '[DONE]' };
const isDone = ({ data }: Frame) => data === '[DONE]';

/** How a chat stream is framed, begins and ends. */
export const framingFaults: readonly WireFault[] = [
  {
    id: 'stream-declared-json',
    level: 'must',
    summary: 'a stream is declared as application/json',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onAnswer((answer) =>
      isEventStream(answer)
        ? { ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } }
        : undefined,
    ),
  },
  {
    id: 'stream-ignored',
    level: 'must',
    summary: 'stream: true is answered with one body',
    seen: ['snowflake chat.id'],
    put: several(onRequest(chat, 'stream', instead(false)), onRequest(chat, 'stream_options', out)),
  },
  {
    id: 'stream-lines-of-json',
    level: 'must',
    summary: 'a stream is one JSON a line, without `data:`',
    seen: ['https://github.com/ollama/ollama/issues/7824'],
    put: onAnswer((answer, request) =>
      isTo(request, chat) && isEventStream(answer)
        ? { ...answer, pieces: writePieces(...readFrames(readText(answer)).map(({ data }) => `${data}\n`)) }
        : undefined,
    ),
  },
  {
    id: 'stream-single-line-feeds',
    level: 'must',
    summary: 'events are parted by one line feed, not by a blank line',
    seen: ['case STR-02'],
    put: onAnswer((answer, request) =>
      isTo(request, chat) && isEventStream(answer)
        ? { ...answer, pieces: writePieces(readText(answer).replaceAll('\n\n', '\n')) }
        : undefined,
    ),
  },
  {
    id: 'stream-broken-json',
    level: 'must',
    summary: 'an event in the middle is not JSON',
    seen: ['together stream.args'],
    put: onFrames(chat, (frames) =>
      frames.map((frame, at) => (at === 1 ? { ...frame, data: frame.data.slice(0, -2) } : frame)),
    ),
  },
  {
    id: 'stream-python-dictionary',
    level: 'must',
    summary: 'events are written as Python prints them',
    seen: ['case STR-02'],
    put: onFrames(chat, (frames) =>
      frames.map((frame) =>
        isDone(frame) ? frame : { ...frame, data: frame.data.replaceAll('"', "'").replaceAll('null', 'None') },
      ),
    ),
  },
  {
    id: 'done-absent',
    level: 'must',
    summary: 'a stream ends without [DONE]',
    seen: ['groq stream.done', 'cerebras stream.done', 'baseten stream.done', 'gpustack stream.done'],
    put: onFrames(chat, (frames) => frames.filter((frame) => !isDone(frame))),
  },
  {
    id: 'done-twice',
    level: 'must',
    summary: 'a stream ends with [DONE] twice',
    seen: ['openrouter stream.done'],
    put: onFrames(chat, (frames) => [...frames, done]),
  },
  {
    id: 'done-too-early',
    level: 'must',
    summary: 'the last chunk comes after [DONE]',
    seen: ['openrouter stream.done'],
    put: onFrames(chat, (frames) => [...frames.slice(0, -2), done, ...frames.slice(-2, -1)]),
  },
  {
    id: 'done-in-small-letters',
    level: 'must',
    summary: 'a stream ends with [done]',
    seen: ['openrouter stream.done'],
    put: onFrames(chat, (frames) => frames.map((frame) => (isDone(frame) ? { ...frame, data: '[done]' } : frame))),
  },
  {
    id: 'stream-ends-silently',
    level: 'must',
    summary: 'a stream breaks off after some text, as if that were its end',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onFrames(chat, (frames) => frames.slice(0, Math.max(1, Math.floor(frames.length / 2)))),
  },
  {
    id: 'stream-reset',
    level: 'must',
    summary: 'the connection is reset in the middle of a stream',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onAnswer((answer, request) =>
      isTo(request, chat) && isEventStream(answer)
        ? { ...answer, pieces: answer.pieces.slice(0, Math.ceil(answer.pieces.length / 2)), ending: 'reset' }
        : undefined,
    ),
  },
  {
    id: 'stream-hangs',
    level: 'must',
    summary: 'a stream stops in the middle and stays open',
    seen: ['https://github.com/vercel/ai/issues/4224'],
    put: onAnswer((answer, request) =>
      isTo(request, chat) && isEventStream(answer)
        ? { ...answer, pieces: answer.pieces.slice(0, Math.ceil(answer.pieces.length / 2)), ending: 'never' }
        : undefined,
    ),
  },
  {
    id: 'stream-stays-open',
    level: 'must',
    summary: 'a stream stays open after [DONE]',
    seen: ['https://github.com/vercel/ai/issues/4224'],
    put: onAnswer((answer, request) =>
      isTo(request, chat) && isEventStream(answer) ? { ...answer, ending: 'never' } : undefined,
    ),
  },
  {
    id: 'stream-error-event',
    level: 'must',
    summary: 'a stream that was asked for rightly ends in an error event',
    seen: ['openrouter stream.err_in_stream'],
    put: onFrames(chat, (frames) => [
      ...frames.slice(0, 2),
      { event: undefined, data: JSON.stringify({ error: { message: 'Provider disconnected', code: 502 } }) },
    ]),
  },
  {
    id: 'refusal-as-stream',
    level: 'must',
    summary: 'a stream request that is refused gets 200 and the error as an event',
    seen: ['groq stream.eventlines', 'https://github.com/groq/groq-typescript/issues/28'],
    put: onAnswer((answer, { text }) =>
      answer.status >= 400 && answer.status !== 401 && /"stream"\s*:\s*true/.test(text)
        ? {
            status: 200,
            headers: { 'content-type': 'text/event-stream' },
            pieces: writePieces(`data: ${readText(answer)}\n\n`, 'data: [DONE]\n\n'),
            ending: 'whole',
          }
        : undefined,
    ),
  },
  {
    id: 'stream-options-without-stream',
    level: 'should',
    summary: 'stream_options is taken without a stream',
    seen: ['case STR-16'],
    put: onRequest(chat, 'stream_options', (old, body) => (body['stream'] === true ? old : undefined)),
  },
  {
    id: 'stream-cached',
    level: 'should',
    summary: 'a stream has a length and may be cached',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onAnswer((answer) =>
      isEventStream(answer)
        ? {
            ...answer,
            headers: {
              'content-type': 'text/event-stream',
              'content-length': String(joinBytes(answer.pieces).length),
              'cache-control': 'public, max-age=60',
            },
          }
        : undefined,
    ),
  },
  {
    id: 'stream-503',
    level: 'must',
    summary: 'streams are refused as not supported',
    seen: ['https://github.com/vllm-project/vllm/issues/9986'],
    put: onAnswer((answer) =>
      isEventStream(answer)
        ? writeJson(501, {
            error: { message: 'streaming is not supported', type: 'not_supported_error', param: 'stream', code: null },
          })
        : undefined,
    ),
  },
  {
    id: 'stream-first-event-without-choices',
    level: 'must',
    summary: 'chunks hold no list of choices',
    seen: ['alibaba stream.nochoices'],
    put: onFrames(chat, (frames) =>
      frames.map((frame) => {
        const json = parseJson(frame.data);
        if (!isObject(json)) return frame;
        const { choices: _choices, ...rest } = json;
        return { ...frame, data: JSON.stringify(rest) };
      }),
    ),
  },
];
