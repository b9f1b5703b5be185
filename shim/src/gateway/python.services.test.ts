import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chunk, completion, sse, startUpstream, type Upstream } from '../upstream.test-server.ts';
import { type RunningGateway, startGateway } from './node-server.ts';

// OpenAI's own Python SDK from PyPI, unedited, in a virtual environment of its own.

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'migrate-llm-python-'));
const python = join(folder, 'bin', 'python');
let upstream: Upstream;
let gateway: RunningGateway;

beforeAll(async () => {
  await run('python3', ['-m', 'venv', folder]);
  upstream = await startUpstream();
  const target = { dialect: 'llama.cpp', baseURL: upstream.baseURL, apiKey: 'target-key' } as const;
  gateway = await startGateway({ target, quiet: true });
});

afterAll(async () => {
  await gateway.close(0);
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const script = `
import json
from openai import OpenAI, APIError, AuthenticationError, BadRequestError, NotFoundError
from pydantic import BaseModel

client = OpenAI(max_retries=0)
hi = dict(model="gpt-4o", messages=[{"role": "user", "content": "Hi"}])
tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}]
seen = {}

class Place(BaseModel):
    city: str

def caught(kind, ask):
    try:
        ask()
    except kind as error:
        return [type(error).__name__, error.code]

seen["text"] = client.chat.completions.create(**hi).choices[0].message.content
seen["stream"] = "".join(part.choices[0].delta.content or "" for part in client.chat.completions.create(**hi, stream=True) if part.choices)
usage = [part.usage.total_tokens for part in client.chat.completions.create(**hi, stream=True, stream_options={"include_usage": True}) if part.usage]
seen["usage"] = usage
with client.chat.completions.stream(**hi) as stream:
    seen["helper"] = stream.get_final_completion().choices[0].message.content
seen["parsed"] = client.chat.completions.parse(**hi, response_format=Place).choices[0].message.parsed.city
call = client.chat.completions.create(**hi, tools=tools).choices[0]
seen["tool"] = [call.finish_reason, call.message.tool_calls[0].function.arguments]
with client.chat.completions.stream(**hi, tools=tools) as stream:
    seen["toolStream"] = stream.get_final_completion().choices[0].message.tool_calls[0].function.arguments
seen["vector"] = client.embeddings.create(model="e", input="x").data[0].embedding
seen["models"] = [model.id for model in client.models.list()]
seen["missing"] = caught(NotFoundError, lambda: client.chat.completions.create(**{**hi, "model": "gone"}))
seen["refused"] = caught(BadRequestError, lambda: client.chat.completions.create(**hi, modalities=["audio"]))
seen["locked"] = caught(AuthenticationError, lambda: client.with_options(api_key="sk-wrong").models.list())
seen["cut"] = caught(APIError, lambda: list(client.chat.completions.create(**{**hi, "model": "cut"}, stream=True)))
import openai
seen["major"] = openai.__version__.split(".")[0]
print(json.dumps(seen))
`;

test.each(['2', '3'])(
  'openai %s for Python: chat, streams, tools, parse, embeddings, models, errors',
  async (major) => {
    const packages = join(folder, `openai-${major}`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', packages];
    await run(python, [...pip, `openai>=${major},<${Number(major) + 1}`]);
    upstream.reply = ({ path, body }) => {
      const { model, stream } = body;
      if (path === '/v1/models') return { body: { object: 'list', data: [{ id: 'm', object: 'model', created: 1 }] } };
      if (path === '/v1/embeddings') return { body: { data: [{ index: 0, embedding: [0.5, 1] }], model: 'm' } };
      if (model === 'gone') return { status: 404, body: { error: { message: 'model not found', code: 404 } } };
      if (model === 'cut') return { body: sse([chunk({ content: 'Hel' })], false) };
      const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
      const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
      if (Array.isArray(body['tools']) && stream === true)
        return { body: sse([chunk({ tool_calls: [call] }), chunk({}, 'stop', { usage })]) };
      if (Array.isArray(body['tools'])) return { body: completion({ content: '', tool_calls: [call] }, 'stop') };
      if (stream === true)
        return { body: sse([chunk({ content: 'Hel' }), chunk({ content: 'lo' }), chunk({}, 'stop', { usage })]) };
      return { body: completion({ content: '{"city":"Rome"}' }) };
    };
    const file = join(folder, 'app.py');
    writeFileSync(file, script);
    const env = {
      PATH: process.env['PATH'],
      PYTHONPATH: packages,
      OPENAI_BASE_URL: gateway.url,
      OPENAI_API_KEY: gateway.key,
    };
    const { stdout } = await run(python, [file], { env });
    expect(JSON.parse(stdout)).toEqual({
      major,
      text: '{"city":"Rome"}',
      stream: 'Hello',
      usage: [5],
      helper: 'Hello',
      parsed: 'Rome',
      tool: ['tool_calls', '{"a":1}'],
      toolStream: '{"a":1}',
      vector: [0.5, 1],
      models: ['m'],
      missing: ['NotFoundError', 'model_not_found'],
      refused: ['BadRequestError', 'unsupported_parameter'],
      locked: ['AuthenticationError', 'invalid_api_key'],
      cut: ['APIError', 'stream_truncated'],
    });
    expect(new Set(upstream.received.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer target-key']),
    );
    expect(JSON.stringify(upstream.received)).not.toMatch(/x-stainless|sk-gateway|sk-wrong/);
  },
);
