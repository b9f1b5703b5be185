import type { Fault, FaultRequest, RawAnswer } from './fault.ts';

/** A proxy in the way turns errors into empty answers. */
export const swallowedError: Fault = {
  id: 'swallowed-error',
  summary: 'answers 200 and nothing where it should answer with an error',
  apply: (request, answer) => (answer.status < 400 ? answer : answerNothing(request)),
};

function answerNothing({ path, body }: FaultRequest): RawAnswer {
  const json = (value: unknown): RawAnswer => ({
    status: 200,
    contentType: 'application/json',
    text: JSON.stringify(value),
  });
  const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const envelope = { id: 'chatcmpl-0', created: 0, model: body['model'] ?? '' };
  if (path.endsWith('/embeddings')) return json({ object: 'list', data: [], model: body['model'] ?? '', usage });
  if (!path.endsWith('/chat/completions')) return json({});
  if (body['stream'] !== true)
    return json({
      ...envelope,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: '' }, logprobs: null, finish_reason: 'stop' }],
      usage,
    });
  const chunk = { ...envelope, object: 'chat.completion.chunk' };
  const events = [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { ...chunk, choices: [], usage },
  ];
  const text = [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
  return { status: 200, contentType: 'text/event-stream', text };
}
