import { planMigration } from '@migrate-llm/codemods';
import type { Report } from './report.ts';

/** Names and code that would break out of a page, a table or a patch if they were not escaped. */
const hostile = {
  file: `src/</script><img src=x onerror=alert(1)>"'\`|[a](b)@me.ts`,
  code: `import OpenAI from 'openai'; // </script><script>alert('x')</script> <!-- \u202e \`\`\`\nexport const c = new OpenAI();\nfetch("https://api.openai.com/v1/</script><b onload='x'>");\nc.beta.threads.create();\n`,
};

/** Two packages, hostile texts, deadlines, something left and something that does not parse. */
export const files: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "root",\n  "dependencies": {\n    "openai": "^6.0.0"\n  }\n}\n',
  [hostile.file]: hostile.code,
  'packages/<b>/package.json':
    '{\n  "name": "<i>b</i>",\n  "scripts": { "test": "vitest" },\n  "dependencies": {\n    "openai": "^6.0.0"\n  }\n}\n',
  'packages/<b>/a.ts': `import OpenAI from 'openai';\nexport const ask = (ai: OpenAI) => ai.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true });\nexport const client = new OpenAI({ baseURL: process.env.LLM });\n`,
  'broken.ts': `import OpenAI from 'openai';\nconst = ;\n`,
};

/** A report over these files, as of 2026-11-25. */
export function makeReport(texts: Readonly<Record<string, string>> = files): Report {
  const plan = planMigration({ files: Object.entries(texts).map(([file, text]) => ({ file, text })) });
  return { plan, skipped: plan.skipped, root: '/repo/<name>', today: '2026-11-25' };
}
