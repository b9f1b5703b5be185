import type { ParityReport } from '@migrate-llm/compat-tests';
import { expect, test } from 'vitest';
import { listRoutes, type TargetReport } from './routes.ts';

const on = (target: string, verdicts: Record<string, string>, dollars: number | null): TargetReport => ({
  target,
  report: {
    sites: Object.entries(verdicts).map(([callSite, verdict]) => ({ callSite, verdict })),
    measures: { cost: { candidate: { dollars } } },
  } as unknown as ParityReport,
});

test('each call site goes to the cheapest target that is SAFE there', () => {
  const { route, lines } = listRoutes([
    on('dear', { draft: 'SAFE', orders: 'SAFE', triage: 'NOT SAFE' }, 9),
    on('cheap', { draft: 'SAFE', orders: 'WIRE-SAFE', triage: 'INCONCLUSIVE' }, 1),
  ]);
  expect(route).toEqual([
    { when: { callSite: 'draft' }, target: 'cheap' },
    { when: { callSite: 'orders' }, target: 'dear' },
  ]);
  expect(lines).toEqual([
    'draft: cheap, the cheapest that is SAFE',
    'orders: dear, the only one that is SAFE',
    'triage: stays on OpenAI; dear is NOT SAFE, cheap is INCONCLUSIVE',
  ]);
});

test('an unknown price is said, and calls without a tag cannot be routed', () => {
  const sites = { draft: 'SAFE', 'POST /chat/completions': 'SAFE' };
  const { route, lines } = listRoutes([on('a', sites, null), on('b', sites, 1)]);
  expect(route).toEqual([{ when: { callSite: 'draft' }, target: 'a' }]);
  expect(lines.find((line) => line.startsWith('POST'))).toContain('give these calls a tag');
  expect(lines.find((line) => line.startsWith('draft'))).toContain('a price is unknown');
});
