import { expect, test } from 'vitest';
import { readAnswer } from './answer.ts';
import { isObject } from './json.ts';
import { isOpenRouters, readTraffic } from './traffic.test-rows.ts';
import { findWireProblems } from './wire-shape.ts';

// The rules between the chunks of a stream, and of whole answers, against what OpenAI really sent.

const paths: Readonly<Record<string, string>> = { 'chat.completions': '/chat/completions', embeddings: '/embeddings' };

/** Recordings older than the field. */
const exceptions = ["/choices/N/message must have required property 'refusal'"];

test("OpenAI's recorded answers keep to the rules", () => {
  const problems = new Map<string, number>();
  const looked = { streams: 0, streamsWithTools: 0, bodies: 0 };
  for (const row of readTraffic('openai')) {
    const { provider, endpoint, request, response, provenance } = row;
    const path = paths[endpoint];
    if (provider !== 'openai' || !provenance.raw || path === undefined || response.status !== 200) continue;
    if (isOpenRouters(row)) continue;
    const body = isObject(request?.body) ? request.body : {};
    const [type, text] =
      response.sse === undefined
        ? ['application/json', JSON.stringify(response.body)]
        : ['text/event-stream', response.sse];
    looked[response.sse === undefined ? 'bodies' : 'streams'] += 1;
    if (response.sse?.includes('"tool_calls":[{') === true) looked.streamsWithTools += 1;
    const asked = path === '/embeddings' ? body : { ...body, stream: response.sse !== undefined };
    for (const problem of findWireProblems(path, asked, readAnswer(200, type, text))) {
      const rule = problem.replaceAll(/\d+/g, 'N');
      problems.set(rule, (problems.get(rule) ?? 0) + 1);
    }
  }
  console.log('answers looked at:', looked, 'exceptions met:', Object.fromEntries(problems));
  expect([...problems.keys()].sort()).toEqual(exceptions);
  expect(looked.streams).toBeGreaterThan(80);
  expect(looked.streamsWithTools).toBeGreaterThan(20);
  expect(looked.bodies).toBeGreaterThan(400);
});
