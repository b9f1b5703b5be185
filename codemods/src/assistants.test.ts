import { expect, test } from 'vitest';
import { planMigration } from './index.ts';

/** The recipes for calls of an app, in order. */
function recipesFor(calls: string): string[] {
  const text = `import OpenAI from 'openai';\nconst ai = new OpenAI();\nexport async function run(threadId: string, runId: string, q: string, outputs: never[]) {\n${calls}\n}\n`;
  const { findings } = planMigration({ files: [{ file: 'app.ts', text }] });
  const found = findings.filter((one) => one.rule === 'call-site');
  expect(found.map((one) => one.action)).toEqual(found.map(() => 'manual'));
  expect(found.map((one) => one.deadline?.date)).toEqual(found.map(() => '2026-08-26'));
  return found.map((one) => one.fix);
}

test('a thread, its messages and its run become a conversation and a response with the call’s own arguments', () => {
  const recipes =
    recipesFor(`  const t = await ai.beta.threads.create({ messages: [{ role: 'user', content: q }], metadata: { a: '1' } });
  await ai.beta.threads.messages.create(t.id, { role: 'user', content: q });
  await ai.beta.threads.runs.create(t.id, { assistant_id: 'asst_1', instructions: 'be kind', stream: true });
  await ai.beta.threads.messages.list(t.id, { order: 'desc', limit: 5 });`);
  expect(recipes[0]).toContain(
    "`await ai.conversations.create({ items: [{ role: 'user', content: q }], metadata: { a: '1' } })`",
  );
  expect(recipes[1]).toContain(
    "`await ai.conversations.items.create(t.id, { items: [{ type: 'message', role: 'user', content: q }] })`",
  );
  expect(recipes[2]).toContain(
    "`await ai.responses.create({ ...assistant, instructions: 'be kind', conversation: t.id, input: [{ role: 'user', content }], stream: true })`",
  );
  expect(recipes[2]).toContain("created as `'asst_1'`");
  expect(recipes[3]).toContain("`await ai.conversations.items.list(t.id, { limit: 5, order: 'desc' })`");
});

test('both ways to name a run are read: after its thread (openai 4) and with thread_id (from openai 5 on)', () => {
  const [old, later] =
    recipesFor(`  await ai.beta.threads.runs.submitToolOutputs(threadId, runId, { tool_outputs: outputs });
  await ai.beta.threads.runs.submitToolOutputs(runId, { thread_id: threadId, tool_outputs: outputs });`);
  const body =
    "conversation: threadId, input: outputs.map((one) => ({ type: 'function_call_output', call_id: one.tool_call_id, output: one.output }))";
  expect(old).toContain(body);
  expect(later).toContain(body);
});

test('what an assistant was goes into the code, with what differs', () => {
  const [created] = recipesFor(
    `  await ai.beta.assistants.create({ model: 'gpt-4o', name: 'x', tools: [{ type: 'file_search' }], response_format: { type: 'json_object' } });`,
  );
  expect(created).toContain("`const assistant = { model: 'gpt-4o', tools: [{ type: 'file_search' }] }`");
  expect(created).toContain('search your own store');
  expect(created).toContain("here `{ type: 'json_object' }`");
});

test('every method of the two resources has a recipe of its own', () => {
  const methods = [
    'assistants.create({})',
    "assistants.retrieve('a')",
    'assistants.list()',
    "assistants.update('a', {})",
    "assistants.delete('a')",
  ]
    .concat([
      'threads.create()',
      'threads.retrieve(threadId)',
      'threads.update(threadId, {})',
      'threads.delete(threadId)',
    ])
    .concat([
      "threads.createAndRun({ assistant_id: 'a', thread: { messages: [] } })",
      'threads.messages.create(threadId, { role: "user", content: q })',
    ])
    .concat([
      'threads.messages.list(threadId)',
      "threads.messages.retrieve('m', { thread_id: threadId })",
      "threads.messages.delete('m', { thread_id: threadId })",
    ])
    .concat([
      "threads.runs.createAndPoll(threadId, { assistant_id: 'a' })",
      "threads.runs.stream(threadId, { assistant_id: 'a' })",
    ])
    .concat([
      'threads.runs.retrieve(runId, { thread_id: threadId })',
      'threads.runs.cancel(runId, { thread_id: threadId })',
    ])
    .concat(['threads.runs.list(threadId)', 'threads.runs.steps.list(runId, { thread_id: threadId })']);
  const recipes = recipesFor(methods.map((one) => `  await ai.beta.${one};`).join('\n'));
  expect(recipes.length).toBe(methods.length);
  for (const recipe of recipes) expect(recipe).not.toContain('Instead: keep the history');
  for (const recipe of recipes) expect(recipe).not.toMatch(/undefined|\n/);
});
