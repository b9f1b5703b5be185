import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wireFaults } from './index.ts';

type Measures = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const shared = new URL('../../../../../shared/facts/', import.meta.url);
const measured = JSON.parse(readFileSync(new URL('observed-deviations.json', shared), 'utf8')) as Measures;
const checks = JSON.parse(readFileSync(new URL('conformance-cases.json', shared), 'utf8')) as ReadonlyArray<{
  id: string;
}>;
const issues = ['sdk-and-providers.md', 'conformance.md']
  .map((name) => readFileSync(new URL(name, shared), 'utf8'))
  .join('\n');

test('every fault was met where it says', () => {
  const isKnown = (seen: string): boolean => {
    const issue = /github\.com\/[^/]+\/([^/]+)\/(?:issues|pull)\/(\d+)/.exec(seen);
    // The facts name an issue by its repository's last word and its number, or by the number in a list of that repository's.
    if (issue !== null) return issues.includes(`#${issue[2] ?? ''}`);
    if (seen.startsWith('case ')) return checks.some(({ id }) => id === seen.slice(5));
    // Measured on the engine itself, see the facts on llama-server.
    if (seen.startsWith('llama-server ')) return true;
    const [provider = '', key = ''] = seen.split(' ');
    const [group = '', measure = ''] = key.split('.');
    return measured[provider]?.[group]?.[measure] !== undefined;
  };
  const unknown = [...wireFaults.values()]
    .flat()
    .flatMap(({ id, seen }) => seen.filter((one) => !isKnown(one)).map((one) => `${id}: ${one}`));
  expect(unknown).toEqual([]);
});
