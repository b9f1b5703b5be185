import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  createCandidate,
  openTraffic,
  parseGate,
  type ParityReport,
  runParity,
  summariseResults,
  writeParity,
} from '@migrate-llm/compat-tests';
import { encodeExchange, type Exchange } from '@migrate-llm/shim/exchange';
import { listRequests } from './requests.ts';

// A real run: one engine is the old model, others are the candidates. See README.md for the engines.
//   tsx --conditions=@migrate-llm/source bench/parity/main.ts <folder> record <url>
//   tsx --conditions=@migrate-llm/source bench/parity/main.ts <folder> compare <name>=<url> …

const [folder = '.', what, ...words] = process.argv.slice(2);
const file = `${folder}/traffic.jsonl`;
const repeats = 1;

async function record(url: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lines: string[] = [];
  const queue = listRequests().flatMap((request) =>
    Array.from({ length: repeats + 1 }, (_, repeat) => ({ ...request, repeat })),
  );
  const total = queue.length;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { id, callSite, body, repeat } = next;
      lines.push(encodeExchange(await ask(url, { id, callSite, body }, repeat)));
      if (lines.length % 20 === 0) console.log(`${lines.length} of ${total}`);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  writeFileSync(file, `${lines.sort().join('\n')}\n`);
}

async function ask(
  url: string,
  { id, callSite, body }: { readonly id: string; readonly callSite: string; readonly body: object },
  repeat: number,
): Promise<Exchange> {
  const from = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    v: 1,
    id: repeat === 0 ? id : `${id}-again-${repeat}`,
    recordedAt: new Date().toISOString(),
    provenance: 'recorded',
    target: 'old',
    model: 'local',
    callSite,
    sdk: null,
    ...(repeat === 0 ? {} : { repeat, of: id }),
    request: { method: 'POST', path: '/chat/completions', headers: { 'content-type': 'application/json' }, body },
    response: {
      status: response.status,
      headers: { 'content-type': response.headers.get('content-type') ?? 'application/json' },
      chunks: [[Math.round(performance.now() - from), bytes.toString('base64')]],
    },
  };
}

async function compare(): Promise<void> {
  const gate = parseGate(readFileSync(fileURLToPath(new URL('gate.yaml', import.meta.url)), 'utf8'), 'gate.yaml');
  const traffic = await openTraffic(file);
  const reports: ParityReport[] = [];
  for (const word of words) {
    const [name = '', url = ''] = word.split(/=(.*)/s);
    const output = `${folder}/${name}.jsonl`;
    rmSync(output, { force: true });
    await runParity({
      traffic,
      output,
      openCandidate: () =>
        createCandidate({ name, policy: 'silent', target: { baseURL: url, dialect: 'llama.cpp', apiKey: 'none' } }),
    });
    const report = await summariseResults([output], { rules: gate.rules });
    reports.push(report);
    writeFileSync(`${folder}/${name}.html`, writeParity('html', report));
    console.log(`${name}: ${report.verdict}: ${report.reason}`);
  }
  await traffic.close();
  writeFileSync(`${folder}/REPORT.md`, reports.map((report) => writeParity('markdown', report)).join('\n'));
}

if (what === 'record' && words[0] !== undefined) await record(words[0]);
else if (what === 'compare' && words.length > 0) await compare();
else throw new Error('usage: main.ts <folder> record <url> | compare <name>=<url> …');
