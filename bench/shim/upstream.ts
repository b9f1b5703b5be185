import { createServer } from 'node:http';

// The endpoint of the benchmark, in a process of its own so that its work is not counted. The model's name says what to send:
// `json`, `stream-<chunks>` or `bytes-<megabytes>`.

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'gpt-4o' };
const frame = (delta: object, finish: string | null) =>
  `data: ${JSON.stringify({ ...head, system_fingerprint: 'fp', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`;
const usage = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 };
const tail = `${frame({}, 'stop')}data: ${JSON.stringify({ ...head, choices: [], usage })}\n\ndata: [DONE]\n\n`;
const piece = frame({ content: ' token' }, null);
const long = frame({ content: 'x'.repeat(64 * 1024) }, null);
const whole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'It is mild in Paris. '.repeat(20), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
});

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    const [kind, count] = String((JSON.parse(text) as { model: string }).model).split('-');
    if (kind === 'json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frame({ role: 'assistant', content: '' }, null));
    const total = kind === 'bytes' ? (Number(count) * 1024 * 1024) / long.length : Number(count);
    const unit = kind === 'bytes' ? long : piece;
    let sent = 0;
    const send = (): void => {
      while (sent < total) {
        sent += 1;
        // One chunk a write, as an engine sends one token after the other.
        if (!response.write(unit)) {
          response.once('drain', send);
          return;
        }
      }
      response.end(tail);
    };
    send();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
