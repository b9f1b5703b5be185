import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type Candidate,
  compare,
  defaultRules,
  type MetricJudgement,
  type ParityReport,
} from '@migrate-llm/compat-tests';
import type { Exchange } from '@migrate-llm/shim/exchange';

// How often gpt-4o agrees with itself, and other models with it, on recorded traffic with repeats:
//   tsx --conditions=@migrate-llm/source bench/parity/d1.ts <folder with openai.jsonl.gz and open-endpoints.jsonl.gz> <report.md>

interface Row {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly request: { readonly body: Record<string, unknown> } | null;
  readonly response: {
    readonly status: number;
    readonly body?: { readonly id?: string };
    readonly sse?: string;
    readonly chunks?: readonly unknown[];
  };
  readonly provenance: { readonly repo: string };
}

const [folder = '', output = ''] = process.argv.slice(2);
const rows = ['openai', 'open-endpoints'].flatMap((name) =>
  gunzipSync(readFileSync(`${folder}/${name}.jsonl.gz`))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row),
);
const chat = rows.filter(
  ({ endpoint, request, response, provenance }) =>
    endpoint === 'chat.completions' &&
    request !== null &&
    response.status === 200 &&
    provenance.repo === 'llamastack/llama-stack',
);

/** Same messages, tools and format, streamed or not. */
const keyOf = ({ request }: Row): string => {
  const { messages, tools, response_format: format } = request?.body ?? {};
  return JSON.stringify([messages, tools ?? null, format ?? null]);
};

function frame({ response }: Row): { readonly type: string; readonly text: string } {
  const { chunks, sse, body } = response;
  if (sse !== undefined) return { type: 'text/event-stream', text: sse };
  if (chunks === undefined) return { type: 'application/json', text: JSON.stringify(body) };
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'];
  return { type: 'text/event-stream', text: events.map((data) => `data: ${data}\n\n`).join('') };
}

/** Copies of one recording have one text; they are no repeats. */
function groupAnswers(of: (row: Row) => boolean): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of chat.filter(of)) {
    const group = groups.get(keyOf(row)) ?? [];
    groups.set(keyOf(row), group);
    if (!group.some((one) => frame(one).text === frame(row).text)) group.push(row);
  }
  return groups;
}

const isGpt =
  (provider: string) =>
  (row: Row): boolean =>
    row.provider === provider && /^(azure\/)?gpt-4o$/.test(row.model ?? '');
const old = groupAnswers(isGpt('openai'));

function makeExchange(row: Row, own: Row, repeat: number): Exchange {
  const { type, text } = frame(row);
  return {
    v: 1,
    id: row.id,
    recordedAt: '2026-01-01T00:00:00.000Z',
    provenance: 'recorded',
    target: 'openai',
    model: row.model,
    callSite: 'llama-stack',
    sdk: null,
    lacks: ['timing', 'bytes', 'headers', 'status'],
    ...(repeat === 0 ? {} : { repeat, of: own.id }),
    request: { method: 'POST', path: '/chat/completions', headers: {}, body: own.request?.body },
    response: { status: 200, headers: { 'content-type': type }, chunks: [[0, Buffer.from(text).toString('base64')]] },
  };
}

async function hold(name: string, answers: ReadonlyMap<string, readonly Row[]>): Promise<ParityReport> {
  const asked = new Map<string, readonly Row[]>([...old].filter(([key]) => answers.has(key)));
  const recordings = [...asked].flatMap(([, group]) => group.map((row, at) => makeExchange(row, group[0] as Row, at)));
  const candidate: Candidate = {
    name,
    fetch: async (_input, init) => {
      const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
      const [row] = answers.get(keyOf({ request: { body } } as Row)) ?? [];
      if (row === undefined) throw new Error('no such prompt');
      const { type, text } = frame(row);
      return new Response(text, { headers: { 'content-type': type } });
    },
  };
  // The recordings are objects of a client library, not bytes: their wire says nothing.
  return compare({
    recordings,
    candidate,
    rules: { ...defaultRules, isIgnored: (_site, check) => check === 'wire-shape' },
  });
}

const checks = ['finish-reason', 'tool-trigger', 'tool-name', 'argument-values', 'language', 'length'] as const;
const show = (share: MetricJudgement['candidate'] | null | undefined): string =>
  share === null || share === undefined || share.asked === 0
    ? '–'
    : `${share.held}/${share.asked} (${(share.low * 100).toFixed(0)} to ${(share.high * 100).toFixed(0)} %)`;

// D1 of the notes: n, then finish reason, tool trigger, names and arguments.
const candidates: ReadonlyArray<readonly [string, (row: Row) => boolean, string]> = [
  ['gpt-4o on Azure', isGpt('azure-openai'), '129: .99, 41/42, 41/41, 27/41'],
  ['gpt-oss-20b (Bedrock)', ({ model }) => /gpt-oss-20b/.test(model ?? ''), '89: .97, 29/32, 26/29, 20/29'],
  ['Qwen3.5-35B (vLLM)', ({ model }) => /Qwen3\.5-35B/.test(model ?? ''), '81: .98, 33/34, 30/33, 21/33'],
  ['llama3.2:3b (Ollama)', ({ model }) => /llama3\.2:3b/.test(model ?? ''), '76: .63, 30/39, 28/30, 14/30'],
  [
    'llama-3.3-70b (watsonx)',
    ({ provider, model }) => provider === 'watsonx' && /llama-3-3-70b/.test(model ?? ''),
    '41: .98, 1/2, 1/1, 0/1',
  ],
];
const lines: string[] = [];
const self = await hold('itself', new Map([...old].filter(([, group]) => group.length > 1)));
const find = (report: ParityReport, check: string) => report.sites[0]?.metrics.find((metric) => metric.check === check);
lines.push(
  `| gpt-4o, asked again | ${self.evidence.recorded} prompts, ${self.sites[0]?.repeats ?? 0} repeats | 837: .97, 311/331, 294/311, 193/311 | ${checks.map((check) => show(find(self, check)?.oldModel)).join(' | ')} | |`,
);
for (const [name, of, d1] of candidates) {
  const report = await hold(name, groupAnswers(of));
  lines.push(
    `| ${name} | ${report.evidence.recorded} | ${d1} | ${checks.map((check) => show(find(report, check)?.candidate)).join(' | ')} | ${report.verdict}: ${report.reason.replaceAll('|', '/')} |`,
  );
}
writeFileSync(
  output,
  `# gpt-4o, itself and others, on recorded traffic

Written by \`bench/parity/d1.ts\` from the recordings of llama-stack's tests (objects of a client library: shapes of the wire are not judged). Same messages, tools and format;
copies of one recording count once; the first answer of gpt-4o on OpenAI is the recorded one, its others are repeats. Shares with Wilson's interval of 95 %. The column \`whole\` is
what a count over all recordings, of which these are about half, gave in 2026-11: pairs of answers, finish reason, tool trigger, names, arguments.

| candidate | n here | whole | ${checks.join(' | ')} | verdict |
| --- | --- | --- | ${checks.map(() => '---').join(' | ')} | --- |
${lines.join('\n')}
`,
);
