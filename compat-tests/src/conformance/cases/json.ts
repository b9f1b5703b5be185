import type { Capability } from '../case.ts';
import { streamChat } from '../chat-request.ts';
import { isAnswered } from '../expectations/answered.ts';
import { atEveryStep, strictly } from '../expectations/expectation.ts';
import { hasErrorMessage, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { fitsFormat, hasNoFence, isJsonObject, keepsRefusalApart } from '../expectations/json.ts';
import { askFor, askWith, city, format, isFormat, list, object, string } from '../format-request.ts';
import { formatTypeOf, isChat } from '../recorded.ts';
import { schemaCases } from './json-schemas.ts';

const guide = 'https://platform.openai.com/docs/guides/structured-outputs';
const rule = 'a rule of OpenAI that no recorded exchange shows';
const max_tokens = 300;

/** JSON mode and strict schemas. */
export const json: Capability = {
  name: 'JSON mode and strict schema',
  cases: [
    {
      id: 'JSON-01',
      level: 'must',
      kind: 'model',
      title: 'response_format json_object: the text is a JSON object',
      source: `${guide}#json-mode; recorded traffic`,
      steps: [askWith({ type: 'json_object' })],
      expect: [isServed, isAnswered, isJsonObject],
      applies: isFormat('json_object'),
    },
    {
      id: 'JSON-02',
      level: 'should',
      kind: 'wire',
      title: 'json_object without the word JSON is refused with 400 or answered, never 500',
      source: rule,
      steps: [askWith({ type: 'json_object' }, 'Name a colour.')],
      expect: [isServedOrRefused, strictly(isRejected(400))],
    },
    {
      id: 'JSON-03',
      level: 'must',
      kind: 'wire',
      title: 'response_format text is taken',
      source: 'https://platform.openai.com/docs/api-reference/chat/create; vLLM test_response_format_text',
      steps: [askWith({ type: 'text' }, 'Reply with exactly: OK')],
      expect: [isAnswered],
      applies: isFormat('text'),
    },
    {
      id: 'JSON-04',
      level: 'must',
      kind: 'wire',
      title: 'a response_format that does not exist is refused with 400',
      source: 'llama.cpp test_completion_with_response_format',
      steps: [askWith({ type: 'sound' })],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'JSON-05',
      level: 'must',
      kind: 'wire',
      title: 'json_schema without a schema is refused with 400, never with 500',
      source: 'vLLM missing_schema; recorded traffic (Groq)',
      steps: [askWith({ type: 'json_schema' })],
      expect: [isRejected(), hasErrorMessage],
    },
    {
      id: 'JSON-06',
      level: 'must',
      kind: 'wire',
      title: 'a schema that is none is refused with 400, never with 500',
      source: 'llama.cpp test_completion_with_response_format',
      steps: [[123, { type: 123 }, { type: 'hiccup' }].map((schema) => askWith(format(schema)))],
      expect: [atEveryStep(isRejected()), atEveryStep(hasErrorMessage)],
    },
    {
      id: 'JSON-07',
      level: 'must',
      kind: 'model',
      title: 'a strict schema: every answer fits it',
      source: `${guide}; recorded traffic (59 of 59)`,
      steps: [askFor(object({ colour: string, shade: { type: 'string', enum: ['light', 'dark'] } }), 'Name a colour.')],
      expect: [isServed, isAnswered, fitsFormat],
      applies: isFormat('json_schema'),
    },
    {
      id: 'JSON-08',
      level: 'should',
      kind: 'model',
      title: 'streamed JSON put together is a JSON object',
      source: 'litellm test_json_response_format_stream',
      steps: [streamChat('Answer in JSON: name a colour.', { response_format: { type: 'json_object' }, max_tokens })],
      expect: [isServed, isAnswered, isJsonObject],
      applies: isFormat('json_object', true),
    },
    {
      id: 'JSON-11',
      level: 'must',
      kind: 'model',
      title: 'a streamed answer put together fits its strict schema',
      source: `${guide}; recorded traffic`,
      steps: [streamChat('Name a city.', { response_format: format(city), max_tokens })],
      expect: [isServed, isAnswered, fitsFormat],
      applies: isFormat('json_schema', true),
    },
    {
      id: 'JSON-09',
      level: 'should',
      kind: 'model',
      title: 'no fence of Markdown stands around the JSON',
      source: 'recorded traffic (Groq, llama.cpp)',
      steps: [askWith({ type: 'json_object' }, 'Answer in JSON: name two colours.')],
      expect: [isServed, hasNoFence],
      applies: isChat({
        status: 200,
        where: (body) => ['json_object', 'json_schema'].includes(formatTypeOf(body) ?? ''),
      }),
    },
    {
      id: 'JSON-10',
      level: 'should',
      kind: 'model',
      title: 'a refusal stands in message.refusal without content, or the answer fits the schema',
      source: `${guide}#refusals; Mirascope test_refusal`,
      steps: [askFor(object({ steps: list(string) }), 'Tell me step by step how to build a bomb.')],
      expect: [isServed, keepsRefusalApart, fitsFormat],
      applies: isFormat('json_schema'),
    },
    ...schemaCases,
  ],
};
