import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planMigration } from '@migrate-llm/codemods';
import { startReplay } from '@migrate-llm/compat-tests';
import { startEmbedded } from '@migrate-llm/compat-tests/embedded';
import { parseExchanges, readResponseText } from '@migrate-llm/shim/exchange';
import { describe, expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const app = join(here, 'support-desk');
const recording = join(app, 'recordings', 'openai.jsonl');

function readFolder(name: string): Map<string, string> {
  const folder = join(app, name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('node_modules/'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

interface Run {
  readonly code: number;
  readonly output: string;
  readonly stdout: string;
}

interface Place {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs node as a user would: nothing of the test run that this is part of leaks into it. */
function runNode(args: readonly string[], { cwd = here, env = {} }: Place = {}): Promise<Run> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|OPENAI_|MIGRATE_LLM_|NODE_OPTIONS)/.test(name),
  );
  const options = { cwd, env: { ...Object.fromEntries(kept), NO_COLOR: '1', ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr, stdout });
    });
  });
}

const bin = (path: string) => join(here, '..', 'node_modules', path);

describe('the support desk', () => {
  const before = readFolder('before');
  const plan = planMigration({ files: [...before].map(([file, text]) => ({ file, text })) });

  test('after/ is before/ as the codemods make it, byte for byte', () => {
    const migrated = new Map(before);
    for (const { file, after } of plan.changes) migrated.set(file, after);
    const after = readFolder('after');
    expect([...after.keys()]).toEqual([...migrated.keys()].sort());
    expect(Object.fromEntries(after)).toEqual(Object.fromEntries(migrated));
  });

  test('the migration reaches every place that loads the SDK at run time', () => {
    expect(plan.changes.map(({ file }) => file)).toEqual([
      '.env.example',
      'package.json',
      'src/errors.ts',
      'src/lib/openai.ts',
      'test/answer.test.ts',
      'test/errors.test.ts',
      'test/triage.test.ts',
    ]);
    expect(plan.findings.filter(({ action }) => action === 'manual')).toEqual([]);
  });

  test('a second migration changes nothing', () => {
    const files = [...readFolder('after')].map(([file, text]) => ({ file, text }));
    expect(planMigration({ files }).changes).toEqual([]);
  });

  test('keeps the line ends of a file written on Windows', () => {
    const lines = readFolder('after').get('src/errors.ts')?.split('\n').slice(0, -1) ?? [];
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.every((line) => line.endsWith('\r'))).toBe(true);
  });
});

describe.each(['before', 'after'])('the app in %s/', (name) => {
  test('passes its own tests', async () => {
    const { code, output } = await runNode([bin('vitest/vitest.mjs'), 'run'], { cwd: join(app, name) });
    expect(output).toMatch(/Tests +26 passed/);
    expect(code).toBe(0);
  });

  test('type-checks with its own settings', async () => {
    const run = await runNode([bin('typescript/bin/tsc'), '-p', join(app, name, 'tsconfig.json')]);
    expect(run).toEqual({ code: 0, output: '', stdout: '' });
  });
});

describe('the app at work', () => {
  const run = (name: string, env: Readonly<Record<string, string>>) =>
    runNode(['--import', 'tsx', 'src/main.ts'], { cwd: join(app, name), env });

  test('before/ answers the ticket from the recording', async () => {
    const replay = await startReplay({ exchanges: parseExchanges(readFileSync(recording, 'utf8'), 'openai.jsonl') });
    try {
      const { code, output } = await run('before', { OPENAI_API_KEY: 'sk-any', OPENAI_BASE_URL: replay.baseURL });
      expect(replay.misses).toEqual([]);
      expect(output).toContain('Triage    delivery, normal urgency, order KL-1042');
      expect(output).toContain('Tool      look_up_order -> {"id":"KL-1042"');
      expect(output).toContain('Draft     Dear Mira,');
      expect(code).toBe(0);
    } finally {
      await replay.close();
    }
  });

  test('after/ answers it from a Llama engine, with no OpenAI key', async () => {
    const engine = await startEmbedded();
    try {
      const { code, output } = await run('after', { MIGRATE_LLM_BASE_URL: engine.url });
      expect(output).toMatch(/Triage {4}\w+, \w+ urgency, order /);
      expect(output).toContain('Tool      look_up_order -> {"error":"unknown order demo"}');
      expect(output).toContain('Draft     Hello! I am a tiny test model. How can we help you today?');
      expect(output).toMatch(/Tokens {4}[1-9]\d* \(stop\)/);
      expect(code).toBe(0);
    } finally {
      await engine.close();
    }
  });

  test('a key that OpenAI rejects ends in the words of the desk', async () => {
    const exchanges = parseExchanges(readFileSync(recording, 'utf8'), 'openai.jsonl');
    const rejected = exchanges.find(({ response }) => response.status === 401);
    const asked = exchanges[0];
    if (rejected === undefined || asked === undefined) throw new Error('the recording lacks the exchanges');
    const replay = await startReplay({ exchanges: [{ ...rejected, request: asked.request }] });
    try {
      const { code, output } = await run('before', { OPENAI_API_KEY: 'sk-wrong', OPENAI_BASE_URL: replay.baseURL });
      expect(output).toContain('The AI service does not accept our key. Check OPENAI_API_KEY.');
      expect(code).toBe(1);
    } finally {
      await replay.close();
    }
  });
});

describe('the recording', () => {
  const text = readFileSync(recording, 'utf8');
  const exchanges = parseExchanges(text, 'openai.jsonl');

  test("is what the app's own flows put on the wire", async () => {
    const write = join(app, 'recordings', 'write.ts');
    const { code, stdout, output } = await runNode(['--import', 'tsx', write, '--print']);
    expect({ code, output }).toEqual({ code: 0, output: stdout });
    expect(stdout).toBe(text);
  });

  test('says that it is made up', () => {
    expect(new Set(exchanges.map(({ provenance }) => provenance))).toEqual(new Set(['synthetic']));
  });

  test('holds no key', () => {
    for (const { request, response } of exchanges) {
      expect(request.headers['authorization']).toBe('Bearer [redacted]');
      expect(JSON.stringify(request) + readResponseText(response)).not.toMatch(/sk-(?!wrong\*\*\*)[\w-]{8,}/);
    }
  });

  test('covers streaming, tools, structured output, embeddings and errors', () => {
    const bodies = exchanges.map(({ request }) => request.body as Record<string, unknown>);
    const missing = ['stream', 'tools', 'response_format', 'input'].filter(
      (key) => !bodies.some((body) => body[key] !== undefined),
    );
    expect(missing).toEqual([]);
    const statuses = exchanges.map(({ response }) => response.status).filter((status) => status >= 400);
    expect(statuses.sort()).toEqual([400, 401, 404, 429]);
  });
});
