import { isObject, type JsonObject, parseJson, readObjects } from '../../json.ts';
import { type Change, out, to } from './edit.ts';
import { readBody } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { onEventList, onEvents } from './places.ts';

const chat = 'chat/completions';
const pieces = 'choices.*.delta.tool_calls';

const spoiled: Change = (old) => {
  const value = typeof old === 'string' ? parseJson(old) : undefined;
  if (!isObject(value)) return old;
  return JSON.stringify(Object.fromEntries(Object.keys(value).map((key) => [key, { value: value[key] }])));
};

const stopped: Change = (old) => (old === 'tool_calls' ? 'stop' : old);

/** A change of the pieces of streamed calls after the first of each call. */
const later =
  (change: (piece: JsonObject) => JsonObject): Change =>
  (old) => {
    const piece = old as JsonObject;
    return piece['id'] === undefined ? change(piece) : old;
  };
const functionOf = (piece: JsonObject): JsonObject => (isObject(piece['function']) ? piece['function'] : {});
const callPieces = (event: JsonObject): JsonObject[] =>
  readObjects(event['choices']).flatMap(({ delta }) => (isObject(delta) ? readObjects(delta['tool_calls']) : []));
const withCalls = (event: JsonObject, list: readonly JsonObject[]): JsonObject => ({
  ...event,
  choices: readObjects(event['choices']).map((choice) => ({ ...choice, delta: { tool_calls: list } })),
});

/** What is wrong with tool calls in streams. */
export const streamedCallFaults: readonly WireFault[] = [
  {
    id: 'stream-call-index-null',
    level: 'must',
    summary: 'pieces of streamed calls have the index null',
    seen: ['mistral stream.tc_index'],
    put: onEvents(chat, `${pieces}.*.index`, to(null)),
  },
  {
    id: 'stream-call-index-absent',
    level: 'must',
    summary: 'pieces of streamed calls have no index',
    seen: ['https://github.com/ollama/ollama/issues/7881', 'https://github.com/BerriAI/litellm/issues/33678'],
    put: onEvents(chat, `${pieces}.*.index`, out),
  },
  {
    id: 'stream-call-indexes-equal',
    level: 'must',
    summary: 'all streamed calls have index 0',
    seen: ['https://github.com/ollama/ollama/issues/15457'],
    put: onEvents(chat, `${pieces}.*.index`, to(0)),
  },
  {
    id: 'stream-call-pieces-mixed',
    level: 'must',
    summary: 'pieces of the second call come under the index of the first',
    seen: ['https://github.com/vercel/ai/issues/14277'],
    put: onEvents(
      chat,
      `${pieces}.*`,
      later((piece) => ({ ...piece, index: 0 })),
    ),
  },
  {
    id: 'stream-call-id-absent',
    level: 'must',
    summary: 'the first piece of a streamed call has no id',
    seen: ['huggingface stream.tc_first'],
    put: onEvents(chat, `${pieces}.*.id`, out),
  },
  {
    id: 'stream-call-type-absent',
    level: 'must',
    summary: 'the first piece of a streamed call has no type',
    seen: ['mistral stream.tc_first'],
    put: onEvents(chat, `${pieces}.*.type`, out),
  },
  {
    id: 'stream-call-name-absent',
    level: 'must',
    summary: 'the first piece of a streamed call has no name',
    seen: ['https://github.com/ollama/ollama/issues/7881'],
    put: onEvents(chat, `${pieces}.*.function.name`, out),
  },
  {
    id: 'stream-call-name-again',
    level: 'must',
    summary: 'every piece of a streamed call repeats the name',
    seen: ['https://github.com/vercel/ai/issues/14277'],
    put: onEventList(chat, (events) => {
      const names = new Map<unknown, unknown>();
      return events.map((event) => {
        const list = callPieces(event);
        if (list.length === 0) return event;
        return withCalls(
          event,
          list.map((piece) => {
            const { name } = functionOf(piece);
            if (name !== undefined) names.set(piece['index'], name);
            return { ...piece, function: { ...functionOf(piece), name: names.get(piece['index']) } };
          }),
        );
      });
    }),
  },
  {
    id: 'stream-call-name-emptied',
    level: 'must',
    summary: 'later pieces of a streamed call have an empty name and the type null',
    seen: ['mistral stream.tc_later'],
    put: onEvents(
      chat,
      `${pieces}.*`,
      later((piece) => ({ ...piece, id: null, type: null, function: { name: '', ...functionOf(piece) } })),
    ),
  },
  {
    id: 'stream-call-id-changes',
    level: 'must',
    summary: 'every piece of a streamed call has an id of its own',
    seen: ['baseten stream.tc_later', 'together stream.tc_later'],
    put: onEventList(chat, (events) =>
      events.map((event, at) =>
        callPieces(event).length === 0
          ? event
          : withCalls(
              event,
              callPieces(event).map((piece) => ({ ...piece, id: `call_${at}` })),
            ),
      ),
    ),
  },
  {
    id: 'stream-arguments-object',
    level: 'must',
    summary: 'arguments of a streamed call come as an object',
    seen: ['case STT-12'],
    put: wholeCalls((args) => parseJson(args) ?? args),
  },
  {
    id: 'stream-arguments-repeated',
    level: 'must',
    summary: 'the last piece of a streamed call repeats all its arguments',
    seen: ['https://github.com/vercel/ai/issues/14277'],
    put: wholeCalls((args) => args + args),
  },
  {
    id: 'stream-arguments-cut',
    level: 'must',
    summary: 'the arguments of a streamed call are not JSON',
    seen: ['together stream.args'],
    put: wholeCalls((args) => args.slice(0, -1)),
  },
  {
    id: 'stream-arguments-of-wrong-types',
    level: 'must',
    summary: 'the arguments of a streamed call do not keep to the schema',
    seen: ['ollama stream.args', 'together stream.args'],
    put: wholeCalls((args) => spoiled(args, {})),
  },
  {
    id: 'stream-arguments-absent',
    level: 'must',
    summary: 'a streamed call has no arguments',
    seen: ['openai stream.tc_first'],
    put: wholeCalls(() => undefined),
  },
  {
    id: 'stream-call-finish-stop',
    level: 'must',
    summary: 'a stream with tool calls finishes with stop',
    seen: ['https://github.com/googleapis/python-genai/issues/2868'],
    put: onEvents(chat, 'choices.*.finish_reason', stopped),
  },
  {
    id: 'stream-call-as-text',
    level: 'must',
    summary: 'a streamed tool call comes as text',
    seen: ['https://github.com/ollama/ollama/issues/13519'],
    put: onEventList(chat, (events) => {
      if (!events.some((event) => callPieces(event).length > 0)) return events;
      return events.map((event) => {
        const choices = readObjects(event['choices']);
        const text = callPieces(event)
          .map((piece) => functionOf(piece))
          .map(
            ({ name, arguments: args }) =>
              `${name === undefined ? '' : `<|python_tag|>{"name":"${String(name)}","parameters":`}${String(args)}`,
          )
          .join('');
        return {
          ...event,
          choices: choices.map((choice) => ({
            ...choice,
            delta: text === '' ? choice['delta'] : { content: text },
            finish_reason: choice['finish_reason'] === null ? null : 'stop',
          })),
        };
      });
    }),
  },
  {
    id: 'stream-call-lost',
    level: 'must',
    summary: 'a stream that finishes with tool_calls holds none',
    seen: ['together stream.finish'],
    put: onEvents(chat, pieces, out),
  },
  {
    id: 'stream-second-call-lost',
    level: 'should',
    summary: 'of two streamed calls the second is lost',
    seen: ['https://github.com/ollama/ollama/issues/15457'],
    put: onEvents(chat, `${pieces}.*`, (old) => (Number((old as JsonObject)['index']) > 0 ? undefined : old)),
  },
];

/** Puts each streamed call into one piece, with its arguments changed. */
function wholeCalls(change: (args: string) => unknown) {
  return onEventList(chat, (events, request) => {
    const texts = new Map<unknown, string>();
    for (const piece of events.flatMap(callPieces)) {
      texts.set(piece['index'], (texts.get(piece['index']) ?? '') + String(functionOf(piece)['arguments']));
    }
    if (texts.size === 0 || readBody(request)['n'] !== undefined) return events;
    return events.flatMap((event) => {
      const list = callPieces(event);
      if (list.length === 0) return [event];
      const first = list.filter(({ id }) => id !== undefined);
      if (first.length === 0) return [];
      return [
        withCalls(
          event,
          first.map((piece) => ({
            ...piece,
            function: { name: functionOf(piece)['name'], arguments: change(texts.get(piece['index']) ?? '') },
          })),
        ),
      ];
    });
  });
}
