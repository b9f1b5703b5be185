import { isThroughShim } from '../shim-files.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene } from '../scene.ts';
import { findFunctionCalls, planTools, type FunctionCall } from '../functions/plan.ts';

const load = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
const loaded = `import OpenAI from '@migrate-llm/shim';\nconst client = new OpenAI();\n`;

/** Moves `functions` and `function_call` to `tools` and `tool_choice`, where all that reads the answer is in view. */
export const functionsToTools = defineRule({
  id: 'functions-to-tools',
  summary: 'Rewrites functions and function_call to tools and tool_choice, with what reads the answers.',
  why: 'OpenAI deprecated functions in favour of tools, and endpoints of open models know tools only. A package is rewritten as a whole, or left.',
  examples: [
    {
      name: 'the request, the answer and the reply',
      file: 'app.mjs',
      before: `${load}const messages = [];\nconst res = await client.chat.completions.create({ model: 'm', messages, functions: [weather], function_call: 'auto' });\nconst message = res.choices[0].message;\nif (message.function_call) {\n  messages.push(message, { role: 'function', name: message.function_call.name, content: 'mild' });\n}\n`,
      after: `${loaded}const messages = [];\nconst res = await client.chat.completions.create({ model: 'm', messages, tools: [{ type: 'function', function: weather }], parallel_tool_calls: false, tool_choice: 'auto' });\nconst message = res.choices[0].message;\nif (message.tool_calls?.[0]?.function) {\n  messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'mild' });\n}\n`,
      finds: ['rewrite'],
    },
    {
      name: 'a named function, a list in a variable, and the reason',
      before: `${load}const functions = [{ name: 'f', parameters: {} }];\nconst { choices } = await client.chat.completions.create({ model: 'm', messages: [], functions, function_call: { name: 'f' } });\nexport const done = choices[0]?.finish_reason === 'function_call';\n`,
      after: `${loaded}const functions = [{ name: 'f', parameters: {} }];\nconst { choices } = await client.chat.completions.create({ model: 'm', messages: [], tools: functions.map((one) => ({ type: 'function' as const, function: one })), parallel_tool_calls: false, tool_choice: { type: 'function', function: { name: 'f' } } });\nexport const done = choices[0]?.finish_reason === 'tool_calls';\n`,
    },
    {
      name: 'something else reads function_call: nothing is rewritten',
      before: `${load}export const ask = () => client.chat.completions.create({ model: 'm', messages: [], functions: [f] });\nexport const read = (message: { function_call?: string }) => message.function_call;\n`,
      after: `${loaded}export const ask = () => client.chat.completions.create({ model: 'm', messages: [], functions: [f] });\nexport const read = (message: { function_call?: string }) => message.function_call;\n`,
      finds: ['manual', 'manual', 'manual'],
    },
    {
      name: 'a stream is left',
      before: `${load}export const ask = () => client.chat.completions.create({ model: 'm', messages: [], functions: [f], stream: true });\n`,
      after: `${loaded}export const ask = () => client.chat.completions.create({ model: 'm', messages: [], functions: [f], stream: true });\n`,
      finds: ['manual', 'manual'],
    },
    {
      name: 'look-alike: another object with functions',
      before: `${load}export const program = { functions: [], function_call: 'auto' };\nvoid client;\n`,
      after: `${loaded}export const program = { functions: [], function_call: 'auto' };\nvoid client;\n`,
      finds: [],
    },
  ],
  find: ({ code }) => (code === undefined ? [] : draftsOf(code)),
});

function draftsOf(code: CodeScene): Draft[] {
  const byOwner = new Map<string, FunctionCall[]>();
  for (const one of findFunctionCalls(
    code,
    code.uses.filter((use) => isThroughShim(code, use)),
  )) {
    const owner = code.swaps.ownerOf(one.use.file.file)?.file ?? '';
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), one]);
  }
  return [...byOwner].flatMap(([owner, calls]): Draft[] => {
    const isOwn = (file: string): boolean => (code.swaps.ownerOf(file)?.file ?? '') === owner;
    const rewrite = planTools(code, calls, isOwn);
    const [first] = rewrite.blocks;
    if (first !== undefined) {
      return [
        ...calls.map(({ use, body }): Draft => ({
          file: use.file.file,
          offset: offsetOf(use.file, body),
          action: 'manual',
          confidence: 'certain',
          what: `functions of ${use.endpoint}`,
          why: `OpenAI deprecated functions, and endpoints of open models know tools only. Not all that belongs to it can be rewritten (first: ${first.file}, ${first.what}).`,
          fix: "Write tools: [{ type: 'function', function: … }] and tool_choice, read message.tool_calls[].function, and answer with { role: 'tool', tool_call_id, content }.",
        })),
        ...rewrite.blocks.map((block): Draft => ({
          ...block,
          action: 'manual',
          confidence: 'certain',
          fix: 'Bring it to the shape of tools by hand, together with the calls.',
        })),
      ];
    }
    return [...rewrite.edits].map(([file, edits]): Draft => ({
      file,
      offset: Math.min(...edits.map((edit) => edit.start)),
      action: 'rewrite',
      confidence: 'certain',
      what: 'functions as tools',
      why: 'OpenAI deprecated functions, and endpoints of open models know tools only. The calls stay one at a time (parallel_tool_calls: false).',
      fix: '',
      edits,
    }));
  });
}
