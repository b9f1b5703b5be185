import { findOpenAIModel } from '@migrate-llm/shim/manifest';
import { whySkipped } from '../file-kind.ts';
import { deadlineOf, endOf, isModelName, isTuned } from '../model-names.ts';
import { defineRule, type Draft } from '../rule.ts';

const database = /\.(?:sql|prisma|dbml|hql)$/i;
const quoted = /(['"`])((?:ft:)?[a-z][\w.:/-]{1,120})\1/g;

/** Names the OpenAI models that a database is told: defaults, seeds, checks and enums. */
export const storedModel = defineRule({
  id: 'stored-model',
  summary: 'Lists OpenAI model names in SQL files and Prisma schemas, with the day OpenAI turns each off.',
  why: 'Rows outlive the code: a name that is stored comes back to a call long after the literals are gone, and a vector column is as wide as the model that fills it.',
  examples: [
    {
      name: 'a default of a column',
      file: 'db/1.sql',
      before: "CREATE TABLE chats (\n  id int,\n  model TEXT DEFAULT 'gpt-4'\n);\n",
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'a default of Prisma, and a fine-tuned model',
      file: 'schema.prisma',
      before:
        'model Chat {\n  id Int @id\n  model String @default("gpt-4o")\n  own String @default("ft:gpt-4o-mini-2024-07-18:acme::abc")\n}\n',
      after: undefined,
      finds: ['manual', 'manual'],
    },
    {
      name: 'a column as wide as an embedding of OpenAI',
      file: 'db/2.sql',
      before: 'create table page (\n  id bigserial,\n  embedding vector (1536)\n);\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: a word, an open model, a narrow vector, and a text',
      file: 'db/3.sql',
      before:
        "INSERT INTO t (a, b) VALUES ('gpt', 'gpt-oss-120b');\nINSERT INTO t (a, b) VALUES ('we use gpt-4o here', 'x');\nALTER TABLE t ADD e vector(384);\n",
      after: undefined,
      finds: [],
    },
  ],
  find: ({ files }) => [...files].flatMap(([file, text]) => (isRead(file, text) ? draftsOf(file, text) : [])),
});

function isRead(file: string, text: string): boolean {
  return database.test(file) && whySkipped(file, text) === undefined;
}

function draftsOf(file: string, text: string): Draft[] {
  const first = new Map<string, { offset: number; times: number }>();
  for (const { 2: name = '', index } of text.matchAll(quoted)) {
    if (!isModelName(name)) continue;
    const seen = first.get(name);
    first.set(name, { offset: seen?.offset ?? index, times: (seen?.times ?? 0) + 1 });
  }
  const named = [...first].map(([name, { offset, times }]): Draft => {
    const subject = `stored model "${name}"`;
    return {
      file,
      offset,
      action: 'manual',
      confidence: 'likely',
      what: times === 1 ? subject : `${subject} (${times} times in this file)`,
      subject,
      ...deadlineOf(name),
      why: `The database holds this name, and what it holds reaches calls.${endOf(findOpenAIModel(name))}`,
      fix: isTuned(name)
        ? 'Save its training data, train an adapter on an open model, and map this name to it in `models` of migrate-llm.config.json.'
        : 'Keep it in `models` of migrate-llm.config.json for as long as rows have it; a new default belongs into a new migration, not into this file.',
    };
  });
  return [...named, ...widthDrafts(file, text)];
}

/** Widths of OpenAI's embeddings as they come unless asked otherwise. Source: https://developers.openai.com/api/docs/guides/embeddings; checked 2026-11-25. */
const widths: Readonly<Record<string, string>> = {
  '1536': 'text-embedding-ada-002 and text-embedding-3-small',
  '3072': 'text-embedding-3-large',
};

/** A vector column or index that is as wide as an embedding of OpenAI's. */
function widthDrafts(file: string, text: string): Draft[] {
  return [...text.matchAll(/\b(?:vector|halfvec)\s*\(\s*(1536|3072)\s*\)/gi)].map(
    ({ 0: written, 1: width = '', index }): Draft => ({
      file,
      offset: index,
      action: 'manual',
      confidence: 'likely',
      what: `${written.replace(/\s+/g, '')} as wide as ${widths[width] ?? ''}`,
      subject: `vector of ${width}`,
      why: 'Vectors of two models do not compare, even where both have this width: searches over old and new ones together return noise.',
      fix: 'Choose the new embedding model, make the column as wide as its vectors in a new migration, and embed everything that is stored again; `embeddings` of migrate-llm.config.json holds what is rebuilt.',
    }),
  );
}
