/**
 * Writes openai.jsonl: runs the app's own flows against a stand-in for OpenAI and records what goes over the wire.
 * `tsx write.ts` writes the file, `tsx write.ts --print` prints it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRecorder } from './recorder.ts';
import { createSyntheticOpenAI } from './synthetic-openai.ts';

/** What this file uses of the app; the app is loaded at run time, with its own compiler settings. */
interface App {
  readonly openai: { apiKey: string };
  readonly triage: (ticket: string) => Promise<unknown>;
  readonly workOnOrder: (ticket: string) => Promise<{ readonly text: string }>;
  readonly findHelp: (ticket: string) => Promise<ReadonlyArray<{ readonly name: string; readonly text: string }>>;
  readonly draftAnswer: (ticket: string, background: object) => Promise<unknown>;
}

const app = new URL('../before/', import.meta.url);
const key = 'sk-synthetic-key-for-recording';

const openai = createSyntheticOpenAI(key);
const recorder = createRecorder(openai.fetch);
// The SDK takes the platform's fetch, key and address when the app makes its client.
globalThis.fetch = recorder.fetch;
process.env['OPENAI_API_KEY'] = key;
for (const name of ['OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID']) delete process.env[name];

const { triage, workOnOrder, findHelp, draftAnswer, openai: client } = await loadApp();

const [lost, broken] = ['lost-parcel', 'broken-teapot'].map((name) =>
  readFileSync(new URL(`data/tickets/${name}.txt`, app), 'utf8').trim(),
) as [string, string];

await recorder.tag('triage', () => triage(lost));
let orderNote = '';
await recorder.tag('order tools', async () => (orderNote = (await workOnOrder(lost)).text));
let helpPages: unknown;
await recorder.tag('help search', async () => (helpPages = await findHelp(lost)));
await recorder.tag('draft answer', () => draftAnswer(lost, { orderNote, helpPages }));

openai.beBusyOnce();
await recorder.tag('triage', () => triage(broken));
await recorder.tag('order tools', async () => (orderNote = (await workOnOrder(broken)).text));
await recorder.tag('draft answer', () => draftAnswer(broken, { orderNote, helpPages: [] }));

await recorder.tag('help search', () => expectFailure(400, () => findHelp(writeAttachment())));
client.apiKey = 'sk-wrong-key';
await recorder.tag('triage', () => expectFailure(401, () => triage('Do you ship to Norway?')));
client.apiKey = key;
openai.retire('gpt-4o-2024-08-06');
await recorder.tag('triage', () => expectFailure(404, () => triage('My voucher does not work.')));

const text = await recorder.finish();
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(new URL('openai.jsonl', import.meta.url), text);

async function loadApp(): Promise<App> {
  const modules = ['lib/openai', 'triage', 'order-tools', 'knowledge', 'answer'].map(
    (name) => import(new URL(`src/${name}.ts`, app).href) as Promise<Partial<App>>,
  );
  return Object.assign({}, ...(await Promise.all(modules))) as App;
}

async function expectFailure(status: number, run: () => Promise<unknown>): Promise<void> {
  const outcome: unknown = await run().catch((error: unknown) => error);
  if ((outcome as { status?: number } | null)?.status !== status)
    throw new Error(`expected a ${status}`, { cause: outcome });
}

/** A customer who pasted a photo into the ticket: about 26,000 letters without a space. */
function writeAttachment(): string {
  const lines = Array.from({ length: 600 }, (_, at) => createHash('sha256').update(`photo ${at}`).digest('base64'));
  return lines.join('').replaceAll('=', 'A');
}
