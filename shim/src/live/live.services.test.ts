import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { majors } from '../majors.test-sdks.ts';
import type { Note } from '../note.ts';
import { asks, type Ask, outcome } from './asks.test-table.ts';
import { type EngineName, type ModelName, openEngines } from './engine.test-process.ts';

/** Day of the measurement, set with each new one: `npm run live`. */
const measured = '2026-11-25';

/** A model at a real engine. */
interface Place {
  readonly title: string;
  readonly engine: EngineName;
  readonly model: ModelName;
  readonly name: string;
  /** What `auto` must find. */
  readonly dialect: string;
  readonly about: string;
  readonly more?: readonly string[];
  readonly asks: (ask: Ask) => boolean;
}

const isChat = ({ embeds }: Ask): boolean => embeds !== true;
const forTrained = (ask: Ask): boolean => isChat(ask) && ask.scripted !== true;

const scripted = 'a scripted model with a tool template';
const smollm2 = 'SmolLM2-135M-Instruct, whose template knows no tools';
const places: readonly Place[] = [
  { engine: 'llama-server', model: 'scripted', name: 'local', dialect: 'llama.cpp', about: scripted, asks: isChat },
  { engine: 'llama-server', model: 'smollm2', name: 'local', dialect: 'llama.cpp', about: smollm2, asks: forTrained },
  {
    engine: 'llama-server',
    model: 'smollm2',
    name: 'local',
    dialect: 'llama.cpp',
    about: 'SmolLM2 with `--pooling mean`',
    more: ['--pooling', 'mean'],
    asks: ({ embeds }: Ask) => embeds === true,
  },
  {
    engine: 'ollama',
    model: 'scripted',
    name: 'local',
    dialect: 'ollama',
    about: 'a scripted model without a template',
    asks: () => true,
  },
  { engine: 'ollama', model: 'scripted', name: 'local-tools', dialect: 'ollama', about: scripted, asks: isChat },
  { engine: 'ollama', model: 'smollm2', name: 'local', dialect: 'ollama', about: smollm2, asks: forTrained },
  { engine: 'llama-stack', model: 'scripted', name: 'local', dialect: 'ogx', about: scripted, asks: isChat },
  { engine: 'llama-stack', model: 'smollm2', name: 'local', dialect: 'ogx', about: smollm2, asks: forTrained },
].map((place) => ({ ...place, title: `${place.engine} \`${place.name}\`: ${place.about}` }) as Place);

const versions: Readonly<Record<EngineName, string>> = {
  'llama-server': 'llama.cpp’s server in xllamacpp 2026.10.11549',
  ollama: 'Ollama 0.17.4',
  'llama-stack': 'Llama Stack 0.2.12 over that llama-server',
};

const engines = openEngines();
const addresses = new Map<string, string>();
const addressOf = ({ engine, model, more = [] }: Place): string =>
  addresses.get([engine, model, ...more].join(' ')) ?? '';
const sections: string[] = [];

beforeAll(async () => {
  for (const { engine, model, more = [] } of places) {
    const key = [engine, model, ...more].join(' ');
    if (!addresses.has(key)) addresses.set(key, await engines.start(engine, model, ...more));
  }
}, 900_000);
afterAll(() => engines.stop());

/** A client of a major through the shim, and the notes it gets. */
function openShim(place: Place, major: (typeof majors)[number]): { readonly client: OpenAI; readonly heard: Note[] } {
  const heard: Note[] = [];
  const migrate = {
    target: { dialect: 'auto', baseURL: addressOf(place) },
    policy: 'silent',
    onNote: (note: Note) => heard.push(note),
  };
  return { client: new major.Shim({ migrate }), heard };
}

async function askShim(place: Place, row: Ask, { client, heard }: ReturnType<typeof openShim>): Promise<string> {
  heard.length = 0;
  const text = await outcome(row, client, place.name);
  return text === 'cut' && heard.some(({ code }) => code === 'prompt-cut') ? 'cut, with the note prompt-cut' : text;
}

describe.each(places)('$title', (place) => {
  const rows = asks.filter(place.asks);

  test('the bare SDK beside the shim', async () => {
    const bare = new OpenAI({ apiKey: 'x', baseURL: addressOf(place) });
    const shim = openShim(place, majors.at(-1) as (typeof majors)[number]);
    const lines: string[] = [];
    const wrong: string[] = [];
    let same = 0;
    for (const row of rows) {
      const without = await outcome(row, bare, place.name);
      const through = await askShim(place, row, shim);
      if (!row.right.test(through)) wrong.push(`${row.name}: ${through}`);
      if (without === through) same += 1;
      else lines.push(`| ${row.name} | ${escapeCell(without)} | ${escapeCell(through)} |`);
    }
    expect(wrong).toEqual([]);
    expect(shim.heard.find(({ code }) => code === 'dialect-detected')?.what).toContain(`is read as ${place.dialect}`);
    sections.push(
      [
        `## ${place.title}`,
        '',
        `${rows.length} asked: ${lines.length} come otherwise through the shim, ${same} were right before.`,
        '',
        '| asked | the bare SDK gets | through the shim |',
        '| --- | --- | --- |',
        ...lines,
        '',
      ].join('\n'),
    );
  });

  // A trained model takes minutes on a small machine; what it writes is the same for every SDK.
  test.each(place.model === 'scripted' ? majors.slice(0, -1) : [])('through the shim on $name', async (major) => {
    const shim = openShim(place, major);
    const wrong: string[] = [];
    for (const row of rows) {
      const through = await askShim(place, row, shim);
      if (!row.right.test(through)) wrong.push(`${row.name}: ${through}`);
    }
    expect(wrong).toEqual([]);
  });
});

test('LIVE.md says what was measured', async () => {
  const head = [
    '# Real engines: the bare SDK and the shim',
    '',
    'Generated by `npm run live` (the engines of `../shared/engines`, on loopback, openai 7.57.0, `auto` as dialect); `npm run test:services` fails when it no longer holds.',
    `Measured on ${measured}: ${Object.values(versions).join('; ')}. “form” names keys that OpenAI’s answers do not have (+), lack (-) or never have as null.`,
    '',
  ].join('\n');
  expect(sections).toHaveLength(places.length);
  await expect(`${head}\n${sections.join('\n')}`).toMatchFileSnapshot('../../LIVE.md');
});

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
