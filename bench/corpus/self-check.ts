import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTool } from './folder.ts';
import { measureRepo } from './repo.ts';
import { writeReport } from './report.ts';

const files: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "tiny",\n  "private": true,\n  "dependencies": { "openai": "^6.1.0" }\n}\n',
  'src/ai.ts': "import OpenAI from 'openai';\r\n\r\nexport const ai = new OpenAI();\r\n",
  'src/ask.ts':
    "import { ai } from './ai';\n\nexport const ask = () => ai.chat.completions.create({ model: 'gpt-4o', messages: [] });\n",
  'src/groq.ts':
    "import OpenAI from 'openai';\n\nexport const groq = new OpenAI({ baseURL: 'https://api.groq.com/openai/v1' });\n",
  'src/other.ts': "import { OpenAI } from '@langchain/openai';\n\nexport const other = new OpenAI();\n",
  'src/broken.ts': "import OpenAI from 'openai';\nexport const (\n",
};

/** Runs everything on a repo made for it, and asserts each number: a script that counts wrong must not say that all is well. */
export async function checkSelf(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'migrate-llm-self-check-'));
  const repo = join(place, 'tiny');
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repo, file)), { recursive: true });
      writeFileSync(join(repo, file), text);
    }
    const git = (...words: string[]): string =>
      runTool(
        'git',
        ['-c', 'user.name=self', '-c', 'user.email=self@example.invalid', '-c', 'core.autocrlf=false', ...words],
        repo,
      );
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'start');
    const result = await measureRepo(repo, { types: false });
    assert.deepEqual(
      result.checks.filter(({ ok }) => !ok),
      [],
    );
    assert.ok(result.checks.length >= 9, 'every promise is checked');
    assert.deepEqual(result.changed, ['package.json', 'src/ai.ts']);
    assert.deepEqual(result.unparsed, ['src/broken.ts']);
    const { imports, clients, calls } = result.recall;
    assert.deepEqual([imports.counted, imports.found, imports.extra.length], [2, 2, 0]);
    assert.deepEqual([clients.counted, clients.found, clients.extra.length], [2, 2, 0]);
    assert.deepEqual([calls.counted, calls.found, calls.extra.length], [1, 1, 0]);
    assert.deepEqual([result.rewritable.counted, result.rewritable.rewritten], [2, 2]);
    assert.ok(result.seconds > 0 && result.peakMb > 20, 'time and memory are measured');
    const report = writeReport([result, { name: 'gone', failed: 'no such folder' }]);
    assert.match(report, /Share rewritten: 100\.0 %/);
    assert.match(report, /Not measured: gone: no such folder/);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
