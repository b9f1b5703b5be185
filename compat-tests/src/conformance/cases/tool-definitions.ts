import type { Case } from '../case.ts';
import { askChat } from '../chat-request.ts';
import { atEveryStep, atStep, byChoice, expecting, strictly } from '../expectations/expectation.ts';
import { isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { callsOf, callsTools, hasValidArguments, sound, whenCalled, hasSoundCalls } from '../expectations/tools.ts';
import { difficult, many, time, weather, withoutParameters } from '../tools.ts';

const max_tokens = 160;
const paris = 'What is the weather in Paris?';
const forced = (name: string) => ({ type: 'function', function: { name } });

/** Cases of the capability Tools that are about what a tool may look like. */
export const toolDefinitions: readonly Case[] = [
  {
    id: 'TOOL-09',
    level: 'should',
    kind: 'wire',
    title: 'an empty list of tools is taken or refused, never a 500',
    source: 'https://github.com/BerriAI/litellm/issues/9080',
    steps: [askChat('Reply with exactly: OK', { tools: [] })],
    expect: [isServedOrRefused],
  },
  {
    id: 'TOOL-10',
    level: 'should',
    kind: 'wire',
    title: 'a function without parameters, or with empty ones, is taken and called with {} or nothing',
    source: 'vLLM test_no_args_tool_call; prism empty-parameters-tools',
    needs: 'tools',
    steps: withoutParameters.map((tool) =>
      askChat('Check the system health.', { tools: [tool], tool_choice: 'required', max_tokens }),
    ),
    expect: [
      atEveryStep(isServed),
      atEveryStep(hasSoundCalls),
      atEveryStep(
        whenCalled('the arguments are {} or empty', (seen) => {
          const [first] = callsOf(seen);
          return /^(?:\s*\{\s*\}\s*)?$/.test(first?.arguments ?? '') ? undefined : first?.arguments;
        }),
      ),
    ],
  },
  {
    id: 'TOOL-13',
    level: 'should',
    kind: 'wire',
    title: 'parameters may have type lists, $defs, nested objects, enums, defaults and titles',
    source: 'litellm type_array and empty_enum; vLLM $defs; llama-stack test_tools_with_schemas',
    needs: 'tools',
    steps: [
      askChat('File a report with the title "Flood" and the severity high.', {
        tools: [difficult],
        tool_choice: 'required',
        max_tokens: 256,
      }),
    ],
    expect: [isServed, ...sound],
  },
  {
    id: 'TOOL-14',
    level: 'should',
    kind: 'wire',
    title: 'the model sees the properties in the order of the schema',
    source: 'MiniMax-Provider-Verifier, scenario check',
    steps: [],
    expect: [],
    untested: "what the model sees is inside the endpoint: its answers' order is its own choice",
  },
  {
    id: 'TOOL-15',
    level: 'should',
    kind: 'wire',
    title: 'names of 64 characters are taken, and names with a space refused with 400',
    source: 'https://platform.openai.com/docs/api-reference/chat/create (tools)',
    needs: 'tools',
    steps: [
      askChat(paris, { tools: [many(1, `get_weather_${'x'.repeat(52)}`)[0] ?? null], max_tokens }),
      askChat(paris, { tools: [many(1, 'get weather!')[0] ?? null], max_tokens }),
    ],
    expect: [atStep(0, isServed), atStep(1, isServedOrRefused), strictly(atStep(1, isRejected(400)))],
  },
  {
    id: 'TOOL-16',
    level: 'should',
    kind: 'wire',
    title: 'strict functions are taken, and their arguments fit',
    source: 'https://platform.openai.com/docs/guides/function-calling#strict-mode; SGLang test_function_call_strict',
    needs: 'tools',
    steps: [
      askChat(paris, {
        tools: [{ type: 'function', function: { ...Object(Object(weather).function), strict: true } }],
        tool_choice: 'required',
        max_tokens,
      }),
    ],
    expect: [isServed, callsTools(1), ...sound],
  },
  {
    id: 'TOOL-17',
    level: 'should',
    kind: 'wire',
    title: '64 tools, and a description of 1024 characters, are taken',
    source: 'ollama tools_stress tests',
    needs: 'tools',
    steps: [{ ...askChat('Reply with exactly: OK', { tools: many(64, 'tool'), max_tokens }), maxTokens: 8000 }],
    expect: [isServed],
  },
  {
    id: 'TOOL-18',
    level: 'should',
    kind: 'wire',
    title: 'arguments with umlauts, emoji, quotes and line ends are JSON',
    source: 'prism falsy-argument; gpt-oss detect_language',
    needs: 'tools',
    steps: [askChat('What is the weather in "Zürich 🏔️"?', { tools: [weather], tool_choice: 'required', max_tokens })],
    expect: [
      isServed,
      hasValidArguments,
      expecting('no character is broken', ({ text }) => (text.includes('\uFFFD') ? 'U+FFFD in the body' : undefined)),
    ],
  },
  {
    id: 'TOOL-19',
    level: 'should',
    kind: 'model',
    title: '0, false and "" as arguments arrive as they are',
    source: 'prism stream-falsy-argument-conversation',
    needs: 'tools',
    steps: [
      askChat('Set the level of the lamp to 0.', {
        tools: [
          {
            type: 'function',
            function: {
              name: 'set_level',
              description: 'Sets the level of a lamp.',
              parameters: {
                type: 'object',
                properties: { level: { type: 'integer', minimum: 0, maximum: 10 } },
                required: ['level'],
              },
            },
          },
        ],
        tool_choice: 'required',
        max_tokens,
      }),
    ],
    expect: [
      isServed,
      hasValidArguments,
      byChoice(
        expecting('level is 0', (seen) => {
          const [first] = callsOf(seen);
          return /"level"\s*:\s*0\b/.test(first?.arguments ?? '') ? undefined : (first?.arguments ?? 'no call');
        }),
      ),
    ],
  },
  {
    id: 'TOOL-21',
    level: 'should',
    kind: 'wire',
    title: 'tools go together with response_format, text and json_schema',
    source: 'litellm response_format tests; recorded traffic',
    needs: 'tools',
    steps: [
      askChat('Reply with exactly: OK', { tools: [weather], response_format: { type: 'text' }, max_tokens }),
      askChat('Reply with the city Paris.', {
        tools: [weather],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'city',
            strict: true,
            schema: {
              type: 'object',
              properties: { city: { type: 'string' } },
              required: ['city'],
              additionalProperties: false,
            },
          },
        },
        max_tokens,
      }),
    ],
    expect: [atStep(0, isServed), atStep(1, isServed)],
  },
  {
    id: 'TOOL-22',
    level: 'info',
    kind: 'wire',
    title: 'the older functions and function_call are honoured, or refused with 400',
    source: 'https://platform.openai.com/docs/api-reference/chat/create (functions, deprecated)',
    steps: [
      askChat(paris, { functions: [Object(weather).function], function_call: { name: 'get_weather' }, max_tokens }),
    ],
    expect: [
      isServed,
      expecting('message.function_call has a name', ({ answer, text }) =>
        JSON.stringify(answer.json ?? null).includes('"function_call":{') ? undefined : text.slice(0, 160),
      ),
    ],
  },
  {
    id: 'TOOL-23',
    level: 'info',
    kind: 'wire',
    title: 'tool_choice allowed_tools and custom tools are taken, or refused with 400',
    source: 'openai-node tests/api-resources/chat/completions',
    steps: [
      askChat(paris, {
        tools: [weather, time],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [forced('get_time')] } },
        max_tokens,
      }),
      askChat(paris, {
        tools: [{ type: 'custom', custom: { name: 'note', description: 'Takes any text.' } }],
        max_tokens,
      }),
    ],
    expect: [atStep(0, isServed), atStep(1, isServed)],
  },
];
