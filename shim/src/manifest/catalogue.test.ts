import { describe, expect, test } from 'vitest';
import {
  allowsWidth,
  findOpenAIApi,
  findOpenAIModel,
  findOpenModel,
  findRetiredModel,
  licences,
  openaiApis,
  openaiModels,
  openModels,
  openReplacements,
  retiredHosts,
  retiredModels,
} from './index.ts';

const dated = [
  ...openaiModels,
  ...openaiApis,
  ...openModels,
  ...openModels.flatMap(({ embedding }) => embedding ?? []),
  ...retiredModels,
  ...retiredHosts,
  ...Object.values(licences),
];
const isDate = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text).toISOString().startsWith(text);
const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

describe('the data', () => {
  test('every row has a source and the date of it', () => {
    expect(dated.length).toBeGreaterThan(150);
    expect(dated.filter(({ source }) => !URL.canParse(source) || !source.startsWith('https://'))).toEqual([]);
    expect(dated.filter(({ checked }) => !isDate(checked) || checked > '2026-11-25')).toEqual([]);
  });

  test('ends are dates', () => {
    const ends = [
      ...openaiModels.flatMap(({ shutdown }) => shutdown ?? []),
      ...openaiApis.map(({ shutdown }) => shutdown),
      ...retiredModels.map(({ retired }) => retired),
    ];
    expect(ends.filter((end) => !isDate(end))).toEqual([]);
  });

  test('no id stands twice, and no name means two models', () => {
    expect(repeated(openaiModels.map(({ id }) => id))).toEqual([]);
    expect(repeated(openModels.map(({ id }) => id.toLowerCase()))).toEqual([]);
    expect(repeated(retiredModels.map(({ host, id }) => `${host} ${id}`))).toEqual([]);
    const names = openModels.flatMap(({ id, aliases }) => [id.slice(id.indexOf('/') + 1), ...aliases]);
    expect(repeated(names.map((name) => name.toLowerCase()))).toEqual([]);
  });

  test('replacements are in the catalogue and may take the role', () => {
    const kinds = Object.entries(openReplacements).flatMap(([role, list]) =>
      list.map(({ model }) => [role, model, openModels.find(({ id }) => id === model)?.kind]),
    );
    expect(kinds.filter(([, , kind]) => kind === undefined)).toEqual([]);
    for (const [role, , kind] of kinds) {
      const wanted = role === 'moderation' ? 'guard' : role === 'embedding' || role === 'transcription' ? role : 'chat';
      expect(kind).toBe(wanted);
    }
  });

  test('an OpenAI successor that is one name is in the catalogue, and ends later', () => {
    for (const { id, successor, shutdown } of openaiModels) {
      const next = openaiModels.find((model) => model.id === successor);
      if (next?.shutdown != null) expect([id, String(shutdown) < next.shutdown]).toEqual([id, true]);
      if (successor?.startsWith('gpt-5') || successor?.startsWith('gpt-6'))
        expect([id, openaiModels.some((model) => model.id === successor.split(' ')[0])]).toEqual([id, true]);
    }
  });

  test('embedding models, and only they, say how wide their vectors are', () => {
    expect(openModels.filter(({ kind, embedding }) => (kind === 'embedding') !== (embedding !== undefined))).toEqual(
      [],
    );
  });
});

describe('findOpenAIModel', () => {
  test.each([
    ['gpt-4o', 'gpt-4o', false, true],
    ['GPT-4o', 'gpt-4o', false, true],
    ['openai/gpt-4o-mini', 'gpt-4o-mini', false, true],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13', false, true],
    ['gpt-4o-2031-01-01', 'gpt-4o', false, false],
    ['gpt-4-9999', 'gpt-4', false, false],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'gpt-4o-mini-2024-07-18', true, true],
    ['ft:gpt-4o-mini-2031-07-18:acme::abc', 'gpt-4o-mini', true, false],
  ])('%s is %s', (name, id, fineTuned, exact) => {
    expect(findOpenAIModel(name)).toEqual({ model: expect.objectContaining({ id }), fineTuned, exact });
  });

  test.each(['gpt-oss:20b', 'openai/gpt-oss-120b', 'llama3.3', '', 'ft:', 'ft:babbage:acme', 'constructor'])(
    '"%s" is none',
    (name) => expect(findOpenAIModel(name)).toBeUndefined(),
  );

  test('a dated name has an end of its own', () => {
    expect(findOpenAIModel('gpt-4o-2024-05-13')?.model.shutdown).toBe('2026-10-23');
    expect(findOpenAIModel('gpt-4o')?.model.shutdown).toBe('2027-01-14');
  });
});

describe('findOpenModel', () => {
  test.each([
    ['meta-llama/Llama-3.3-70B-Instruct', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['meta-llama/Llama-3.3-70B-Instruct:groq', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['@cf/meta/llama-3.3-70b-instruct-fp8-fast', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['us.meta.llama3-3-70b-instruct-v1:0', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['meta/llama-3.3-70b-instruct', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['llama3.3:latest', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['Llama-4-Maverick-17B-128E-Instruct-FP8', 'meta-llama/Llama-4-Maverick-17B-128E-Instruct'],
    ['accounts/fireworks/models/gpt-oss-120b', 'openai/gpt-oss-120b'],
    ['gpt-oss:20b', 'openai/gpt-oss-20b'],
    ['Qwen3-Embedding-0.6B-Q8_0.gguf', 'Qwen/Qwen3-Embedding-0.6B'],
    ['accounts/fireworks/models/qwen3-embedding-8b', 'Qwen/Qwen3-Embedding-8B'],
    ['nomic-embed-text-v1.5', 'nomic-ai/nomic-embed-text-v1.5'],
  ])('%s is %s', (name, id) => expect(findOpenModel(name)?.id).toBe(id));

  test.each(['llama3.3:8b', 'nomic-embed-text-v1', 'qwen3-embedding:9b', 'my-model', '', 'gpt-4o'])(
    '"%s" is none',
    (name) => expect(findOpenModel(name)).toBeUndefined(),
  );
});

test('a width is allowed, not allowed, or not known', () => {
  const allowed = (name: string, width: number) => allowsWidth(findOpenModel(name)?.embedding, width);
  expect(allowed('nomic-embed-text-v1.5', 256)).toBe(true);
  expect(allowed('nomic-embed-text-v1.5', 255)).toBe(false);
  expect(allowed('qwen3-embedding:8b', 1536)).toBe(true);
  expect(allowed('qwen3-embedding:0.6b', 1536)).toBe(false);
  expect(allowed('bge-m3', 256)).toBe(false);
  expect(allowed('all-minilm', 128)).toBe('unknown');
  expect(allowed('nobody-knows', 128)).toBe('unknown');
});

test('APIs that end are found by a method below them', () => {
  expect(findOpenAIApi('beta.threads.runs.create')?.shutdown).toBe('2026-08-26');
  expect(findOpenAIApi('evals')?.shutdown).toBe('2026-11-30');
  expect(findOpenAIApi('beta.threadsafe')).toBeUndefined();
  expect(findOpenAIApi('chat.completions.create')).toBeUndefined();
});

test('a retired name says when, and what the host recommends', () => {
  expect(findRetiredModel('llama-3.3-70b-versatile', 'groq')).toMatchObject({
    retired: '2026-08-16',
    replacements: ['openai/gpt-oss-120b', 'qwen/qwen3.6-27b'],
  });
  expect(findRetiredModel('llama-3.3-70b-versatile', 'cerebras')).toBeUndefined();
  expect(findRetiredModel('llama-3.3-70b')).toMatchObject({ host: 'cerebras' });
});
