import { isObject, type JsonObject, readObjects } from '../../json.ts';
import { out, to } from './edit.ts';
import { readText, writePieces } from '../../endpoint.ts';
import type { WireFault } from './fault.ts';
import { onAnswer, onEventList, onEvents } from './places.ts';

const chat = 'chat/completions';
const choicesOf = (event: JsonObject) => readObjects(event['choices']);
const deltaOf = (event: JsonObject): JsonObject => {
  const delta = choicesOf(event)[0]?.['delta'];
  return isObject(delta) ? delta : {};
};
const contentOf = (event: JsonObject) => deltaOf(event)['content'];
const hasText = (event: JsonObject) => typeof contentOf(event) === 'string' && contentOf(event) !== '';
const isFinish = (event: JsonObject) =>
  choicesOf(event).some(({ finish_reason: reason }) => typeof reason === 'string');
const withDelta = (event: JsonObject, delta: JsonObject): JsonObject => ({
  ...event,
  choices: choicesOf(event).map((choice) => ({ ...choice, delta })),
});
const isUsage = (event: JsonObject) => isObject(event['usage']);

/** What is wrong with the chunks of a chat stream. */
export const chunkFaults: readonly WireFault[] = [
  {
    id: 'chunk-object-absent',
    level: 'must',
    summary: 'chunks do not say what object they are',
    seen: ['moonshot stream.object', 'azure-openai stream.object'],
    put: onEvents(chat, 'object', out),
  },
  {
    id: 'chunk-object-of-answers',
    level: 'must',
    summary: 'chunks call themselves chat.completion',
    seen: ['tgi stream.object'],
    put: onEvents(chat, 'object', to('chat.completion')),
  },
  {
    id: 'chunk-ids-differ',
    level: 'must',
    summary: 'every chunk has an id of its own',
    seen: ['avian stream.ids', 'groq stream.ids'],
    put: onEventList(chat, (events) => events.map((event, at) => ({ ...event, id: `chatcmpl-${at}` }))),
  },
  {
    id: 'chunk-id-absent',
    level: 'must',
    summary: 'chunks have no id',
    seen: ['azure-openai stream.ids'],
    put: onEvents(chat, 'id', out),
  },
  {
    id: 'chunk-created-varies',
    level: 'should',
    summary: 'the time changes along a stream',
    seen: ['baseten stream.created_var', 'xiaomi stream.created_var', 'ollama-cloud stream.created_var'],
    put: onEventList(chat, (events) =>
      events.map((event, at) => ({ ...event, created: Number(event['created']) + at })),
    ),
  },
  {
    id: 'role-never',
    level: 'must',
    summary: 'no chunk says the role',
    seen: ['tgi stream.role', 'gpustack stream.role', 'openrouter stream.role'],
    put: onEvents(chat, 'choices.*.delta.role', out),
  },
  {
    id: 'role-late',
    level: 'must',
    summary: 'the role comes with the second chunk',
    seen: ['mistral stream.role'],
    put: onEventList(chat, (events) =>
      events.map((event, at) => {
        const { role, ...delta } = deltaOf(event);
        if (at === 0) return withDelta(event, delta);
        return at === 1 ? withDelta(event, { role: role ?? 'assistant', ...delta }) : event;
      }),
    ),
  },
  {
    id: 'role-in-every-chunk',
    level: 'must',
    summary: 'every chunk says the role again',
    seen: [
      'openrouter stream.role',
      'together stream.role',
      'ollama stream.role',
      'zai stream.role',
      'avian stream.role',
    ],
    put: onEvents(chat, 'choices.*.delta', (old) => ({ role: 'assistant', ...(old as JsonObject) })),
  },
  {
    id: 'stream-in-one-burst',
    level: 'must',
    summary: 'the whole text comes in one chunk',
    seen: ['case STR-09'],
    put: onEventList(chat, (events) => {
      const pieces = events.filter(hasText);
      if (pieces.length < 2 || pieces.some((event) => choicesOf(event)[0]?.['index'] !== 0)) return events;
      const [first] = pieces;
      const text = pieces.map(contentOf).join('');
      return events.flatMap((event) => {
        if (event === first) return [withDelta(event, { content: text })];
        return pieces.includes(event) ? [] : [event];
      });
    }),
  },
  {
    id: 'stream-text-twice',
    level: 'must',
    summary: 'the finish chunk repeats the whole text',
    seen: ['mistral stream.finish_with_payload'],
    put: onEventList(chat, (events) => {
      const text = events.filter(hasText).map(contentOf).join('');
      if (text === '') return events;
      return events.map((event) => (isFinish(event) ? withDelta(event, { content: text }) : event));
    }),
  },
  {
    id: 'stream-text-grows',
    level: 'must',
    summary: 'every chunk holds the text so far',
    seen: ['case STR-10'],
    put: onEventList(chat, (events) => {
      let text = '';
      if (!events.some(hasText)) return events;
      return events.map((event) => {
        if (!hasText(event)) return event;
        text += String(contentOf(event));
        return withDelta(event, { ...deltaOf(event), content: text });
      });
    }),
  },
  {
    id: 'stream-text-lost',
    level: 'must',
    summary: 'the second piece of the text is lost',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onEventList(chat, (events) => {
      const second = events.filter(hasText)[1];
      return second === undefined ? events : events.filter((event) => event !== second);
    }),
  },
  {
    id: 'stream-text-swapped',
    level: 'must',
    summary: 'two pieces of the text change places',
    seen: ['https://github.com/vercel/ai/issues/10717'],
    put: onEventList(chat, (events) => {
      const [, second, third] = events.filter(hasText);
      if (second === undefined || third === undefined) return events;
      return events.map((event) => (event === second ? third : event === third ? second : event));
    }),
  },
  {
    id: 'stream-finish-absent',
    level: 'must',
    summary: 'no chunk has a finish_reason',
    seen: ['https://github.com/vllm-project/vllm/pull/9209', 'openrouter stream.finish'],
    put: onEvents(chat, 'choices.*.finish_reason', to(null)),
  },
  {
    id: 'stream-finish-twice',
    level: 'must',
    summary: 'finish_reason comes twice',
    seen: ['openrouter stream.finish', 'avian stream.finish'],
    put: onEventList(chat, (events) => events.flatMap((event) => (isFinish(event) ? [event, event] : [event]))),
  },
  {
    id: 'stream-finish-early',
    level: 'must',
    summary: 'every chunk has the finish_reason',
    seen: ['tgi stream.finish'],
    put: onEvents(chat, 'choices.*.finish_reason', (old) => old ?? 'stop'),
  },
  {
    id: 'stream-finish-eos',
    level: 'must',
    summary: 'a stream finishes with "eos"',
    seen: ['together stream.finish'],
    put: onEvents(chat, 'choices.*.finish_reason', (old) => (old === 'stop' ? 'eos' : old)),
  },
  {
    id: 'stream-finish-with-text',
    level: 'should',
    summary: 'the finish chunk holds the last piece of text',
    seen: [
      'mistral stream.finish_with_payload',
      'bedrock stream.finish_with_payload',
      'watsonx stream.finish_with_payload',
    ],
    put: onEventList(chat, (events) => {
      const last = events.findLast(hasText);
      if (last === undefined) return events;
      return events.flatMap((event) => {
        if (event === last) return [];
        return isFinish(event) ? [withDelta(event, { content: contentOf(last) })] : [event];
      });
    }),
  },
  {
    id: 'stream-usage-absent',
    level: 'must',
    summary: 'include_usage gets no usage',
    seen: ['https://github.com/Portkey-AI/gateway/issues/1259', 'openrouter stream.usage'],
    put: onEventList(chat, (events) => (events.some(isUsage) ? events.filter((event) => !isUsage(event)) : events)),
  },
  {
    id: 'stream-usage-in-choice',
    level: 'must',
    summary: 'the usage comes in the chunk with the finish_reason',
    seen: ['openrouter stream.usage', 'deepseek stream.usage', 'zai stream.usage', 'avian stream.usage'],
    put: onEventList(chat, (events) => {
      const usage = events.find(isUsage);
      if (usage === undefined) return events;
      return events
        .filter((event) => event !== usage)
        .map((event) => (isFinish(event) ? { ...event, usage: usage['usage'] } : event));
    }),
  },
  {
    id: 'stream-usage-twice',
    level: 'must',
    summary: 'two chunks of usage come',
    seen: ['baseten stream.usage', 'groq stream.usage', 'huggingface stream.usage'],
    put: onEventList(chat, (events) => events.flatMap((event) => (isUsage(event) ? [event, event] : [event]))),
  },
  {
    id: 'stream-usage-all-along',
    level: 'should',
    summary: 'with include_usage every chunk has a usage',
    seen: ['baseten stream.usage', 'databricks stream.usage'],
    put: onEventList(chat, (events) => {
      const usage = events.find(isUsage);
      return usage === undefined ? events : events.map((event) => ({ ...event, usage: usage['usage'] }));
    }),
  },
  {
    id: 'stream-usage-unasked',
    level: 'should',
    summary: 'usage comes though nobody asked',
    seen: ['together stream.usage', 'xiaomi stream.usage', 'mistral stream.usage', 'cerebras stream.usage'],
    put: onEventList(chat, (events) => {
      if (events.some(isUsage)) return events;
      const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 };
      return events.map((event) => (isFinish(event) ? { ...event, usage } : event));
    }),
  },
  {
    id: 'stream-usage-wrong',
    level: 'must',
    summary: 'the total of the usage in a stream is not the sum',
    seen: ['cerebras chat.usage_sum'],
    put: onEvents(chat, 'usage.total_tokens', (old) => Number(old) + 3),
  },
  {
    id: 'stream-usage-differs',
    level: 'should',
    summary: 'a stream counts other prompt tokens than a body',
    seen: ['case USG-06'],
    put: onEvents(chat, 'usage', (old) => {
      if (!isObject(old)) return old;
      const prompt = Number(old['prompt_tokens']) + 5;
      return { ...old, prompt_tokens: prompt, total_tokens: prompt + Number(old['completion_tokens']) };
    }),
  },
  {
    id: 'delta-absent',
    level: 'must',
    summary: 'chunks hold a message in place of a delta',
    seen: ['https://github.com/Portkey-AI/gateway/issues/267'],
    put: onEvents(chat, 'choices.*', (old) => {
      const { delta, ...rest } = old as JsonObject;
      return { ...rest, message: delta };
    }),
  },
  {
    id: 'chunk-index-absent',
    level: 'must',
    summary: 'the choices of chunks have no index',
    seen: ['https://github.com/ollama/ollama/issues/7881'],
    put: onEvents(chat, 'choices.*.index', out),
  },
  {
    id: 'n-stream-indexes-equal',
    level: 'should',
    summary: 'in a stream of n choices all have index 0',
    seen: ['https://github.com/ollama/ollama/issues/7881'],
    put: onEvents(chat, 'choices.*.index', (old) => (Number(old) > 0 ? 0 : old)),
  },
  {
    id: 'n-stream-one-finishes',
    level: 'should',
    summary: 'in a stream of n choices only the first one finishes',
    seen: ['openrouter stream.finish'],
    put: onEvents(chat, 'choices.*', (old) => {
      const choice = old as JsonObject;
      return Number(choice['index']) > 0 && choice['finish_reason'] !== null ? { ...choice, finish_reason: null } : old;
    }),
  },
  {
    id: 'characters-broken-by-chunks',
    level: 'must',
    summary: 'characters of several bytes are cut between chunks and come as U+FFFD',
    seen: ['llamacpp stream.deltakeys'],
    put: onEventList(chat, (events) => {
      const wide = events.find((event) => hasText(event) && /[\u0080-\uFFFF]/.test(String(contentOf(event))));
      if (wide === undefined) return events;
      const text = String(contentOf(wide)).replace(/[\u0080-\uFFFF]+/, '\uFFFD');
      return events.flatMap((event) =>
        event === wide ? [withDelta(event, { content: text }), withDelta(event, { content: '\uFFFD' })] : [event],
      );
    }),
  },
  {
    id: 'characters-encoded-twice',
    level: 'must',
    summary: 'UTF-8 is read as Latin-1 and encoded again',
    seen: ['llamacpp stream.deltakeys'],
    put: onAnswer((answer) => {
      const text = readText(answer);
      if (!/[\u0080-\uFFFF]/.test(text)) return undefined;
      return { ...answer, pieces: writePieces(Buffer.from(text, 'utf8').toString('latin1')) };
    }),
  },
];
