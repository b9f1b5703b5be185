// A full scan with ast-grep: every code file is parsed and searched for what the plan starts from. It resolves no bindings.
import { findInFiles, Lang } from '@ast-grep/napi';

const [folder] = process.argv.slice(2);
const patterns = [
  "import $A from 'openai'",
  "require('openai')",
  'new OpenAI($$$)',
  'new AzureOpenAI($$$)',
  '$C.chat.completions.create($$$)',
  '$C.responses.create($$$)',
  '$C.embeddings.create($$$)',
];
const matcher = { rule: { any: patterns.map((pattern) => ({ pattern })) } };

/** The callback runs for each file with hits, also after the promise has settled with the number of them. */
async function scan(lang) {
  let hits = 0;
  let seen = 0;
  let total;
  await new Promise((resolve, reject) => {
    const settle = () => {
      if (total !== undefined && seen >= total) resolve();
    };
    findInFiles(lang, { paths: [folder], matcher }, (error, nodes) => {
      if (error !== null) reject(error);
      hits += nodes.length;
      seen += 1;
      settle();
    }).then((count) => {
      total = count;
      settle();
    }, reject);
  });
  return hits;
}

let hits = 0;
for (const lang of [Lang.TypeScript, Lang.Tsx, Lang.JavaScript]) hits += await scan(lang);
console.log(String(hits));
