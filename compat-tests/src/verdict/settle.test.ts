import { describe, expect, test } from 'vitest';
import type { CheckId, CheckVerdict } from '../check.ts';
import type { ExchangeResult } from '../result.ts';
import { makeResult, type ResultSketch } from './results.test-material.ts';
import { defaultRules, settleVerdict, type VerdictRules } from './settle.ts';
import { createTally } from './tally.ts';

function settle(results: readonly ExchangeResult[], rules: VerdictRules = defaultRules) {
  const tally = createTally();
  for (const result of results) tally.add(result);
  return settleVerdict(tally.sites(), rules);
}

const only = (check: CheckId, verdict: CheckVerdict): Partial<Record<CheckId, CheckVerdict>> =>
  Object.fromEntries([[check, verdict]]);

/** `prompts` prompts, each asked once on both sides; the first `losses` fail for the candidate, the first `own` for the old model. */
function ask(
  prompts: number,
  {
    losses = 0,
    own = 0,
    repeats = 1,
    check = 'tool-trigger' as CheckId,
    ...rest
  }: ResultSketch & {
    losses?: number;
    own?: number;
    repeats?: number;
    check?: CheckId;
  } = {},
): ExchangeResult[] {
  return Array.from({ length: prompts }, (_, at) => at).flatMap((at) => [
    makeResult({ ...rest, prompt: `p${at}`, checks: only(check, at < losses ? 'FAIL' : 'PASS') }),
    ...Array.from({ length: repeats }, (_unused, turn) =>
      makeResult({ ...rest, prompt: `p${at}`, repeat: turn + 1, checks: only(check, at < own ? 'FAIL' : 'PASS') }),
    ),
  ]);
}

describe('SAFE', () => {
  test('takes as many prompts as show that failures are rarer than the margin', () => {
    // A perfect old model gives a margin of 2 points: 149 prompts without a failure bound it.
    expect(settle(ask(149))).toMatchObject({ verdict: 'SAFE', sites: [{ verdict: 'SAFE' }] });
    const short = settle(ask(148));
    expect(short.verdict).toBe('INCONCLUSIVE');
    expect(short.reason).toContain('about 1 more');
  });
  test('allows as much as the old model fails itself', () => {
    const noisy = settle(ask(400, { losses: 24, own: 24 }));
    expect(noisy.sites[0]?.metrics[0]).toMatchObject({ margin: 0.041, oldModel: { held: 376, asked: 400 } });
    expect(noisy.verdict).toBe('SAFE');
  });
  test('is not said of made-up recordings', () => {
    expect(settle(ask(149, { provenance: 'synthetic' })).verdict).toBe('WIRE-SAFE');
    expect(settle([...ask(149), makeResult({ provenance: 'documented' })]).verdict).toBe('WIRE-SAFE');
  });
  test('is not said without repeats, and the command that makes them is', () => {
    const once = settle(ask(1000, { repeats: 0 }));
    expect(once.verdict).toBe('WIRE-SAFE');
    expect(once.reason).toContain('migrate-llm baseline --repeats 3');
  });
  test('is not said of free text without a task check or a judge', () => {
    const text = { isFreeText: true };
    const bare = settle(ask(500, text));
    expect(bare.verdict).toBe('WIRE-SAFE');
    expect(bare.reason).toContain('free text without a task check');
    expect(settle(ask(500, { ...text, check: 'task:summary' })).verdict).toBe('SAFE');
    expect(settle(ask(500, { ...text, check: 'judge' })).verdict).toBe('SAFE');
  });
  test('of many call sites, one wrong one is one too many', () => {
    const sites = (count: number, prompts: number) =>
      settle(Array.from({ length: count }, (_, at) => ask(prompts, { callSite: `site ${at}` })).flat());
    expect(sites(1, 150).verdict).toBe('SAFE');
    expect(sites(8, 150).verdict).toBe('INCONCLUSIVE');
    expect(sites(8, 400).verdict).toBe('SAFE');
  });
});

describe('NOT SAFE', () => {
  test('one broken shape is enough, however many are right', () => {
    const broken = settle([...ask(500), makeResult({ checks: { 'wire-shape': 'FAIL' } })]);
    expect(broken).toMatchObject({ verdict: 'NOT SAFE', reason: '1 exchange of 501 would break the app' });
  });
  test('a share of failures beyond the margin', () => {
    const worse = settle(ask(200, { losses: 30 }));
    expect(worse.verdict).toBe('NOT SAFE');
    expect(worse.reason).toContain('tool-trigger held in 170 of 200, the old model 200 of 200, margin 2 points');
  });
  test('failures that the old model has too are none', () =>
    expect(settle(ask(200, { losses: 30, own: 30 })).verdict).toBe('SAFE'));
  test('a difference too small to see at one call site shows over all of them', () => {
    const many = Array.from({ length: 12 }, (_, at) => ask(20, { callSite: `site ${at}`, losses: 3 })).flat();
    // Prompts of different call sites are different ones.
    const settled = settle(many.map((result) => ({ ...result, prompt: result.callSite + result.prompt })));
    expect(settled.sites.map(({ verdict }) => verdict)).not.toContain('NOT SAFE');
    expect(settled.verdict).toBe('NOT SAFE');
    expect(settled.reason).toContain('all call sites together');
  });
  test('without repeats only what no model would call noise', () => {
    expect(settle(ask(20, { repeats: 0, losses: 1 })).verdict).toBe('INCONCLUSIVE');
    expect(settle(ask(20, { repeats: 0, losses: 20 })).verdict).toBe('NOT SAFE');
    expect(settle(ask(20, { repeats: 0, losses: 20, check: 'argument-values' })).verdict).toBe('WIRE-SAFE');
  });
  test('on a made-up recording any failure, since it has no noise', () =>
    expect(settle([makeResult({ provenance: 'synthetic', checks: { 'tool-trigger': 'FAIL' } })]).verdict).toBe(
      'NOT SAFE',
    ));
});

describe('INCONCLUSIVE', () => {
  test('a lost call beside free text is not passed over, though nothing more could be SAFE there', () => {
    const mixed = settle([...ask(40, { losses: 1 }), ...ask(40, { isFreeText: true, check: 'content' })]);
    expect(mixed.verdict).toBe('INCONCLUSIVE');
    expect(mixed.reason).toContain("tool-trigger failed in 1 of 40, the old model's own in 0 of 40");
  });
  const obstacle = { reason: 'the endpoint is busy', fix: '', open: true };
  test('while an exchange has no usable answer', () => {
    const settled = settle([...ask(500), makeResult({ checks: {}, obstacle })]);
    expect(settled).toMatchObject({ verdict: 'INCONCLUSIVE' });
    expect(settled.reason).toContain('1 exchange of 501 got no usable answer: the endpoint is busy');
  });
  test('at the margin, where no number of prompts decides', () =>
    expect(settle(ask(100, { losses: 2 })).reason).toContain('no number of exchanges settles it'));
  test('a call site of which nothing can be compared does not hold up the others', () => {
    const errors = makeResult({
      callSite: 'errors',
      isError: true,
      obstacle: { ...obstacle, open: false },
      checks: {},
    });
    const settled = settle([...ask(149), { ...errors, checks: [] }]);
    expect(settled.verdict).toBe('SAFE');
    expect(settled.sites.map(({ callSite, verdict }) => [callSite, verdict])).toEqual([
      ['errors', 'INCONCLUSIVE'],
      ['orders', 'SAFE'],
    ]);
  });
});

test('exchanges of one prompt count as one', () => {
  const one = Array.from({ length: 500 }, () => ask(1)).flat();
  expect(settle(one)).toMatchObject({ verdict: 'INCONCLUSIVE', sites: [{ prompts: 1 }] });
});

test('rules of a gate: another margin, a check that does not count', () => {
  const results = ask(100, { losses: 3 });
  expect(settle(results).verdict).toBe('INCONCLUSIVE');
  expect(settle(results, { ...defaultRules, marginOf: () => 0.15 }).verdict).toBe('SAFE');
  const ignoring = settle([...results, ...ask(200, { check: 'tool-name' })], {
    ...defaultRules,
    isIgnored: (_site, check) => check === 'tool-trigger',
  });
  expect(ignoring.verdict).toBe('SAFE');
});

test('a broken shape does not count where a gate ignores it', () => {
  const results = [...ask(149), makeResult({ checks: { 'wire-shape': 'FAIL' } })];
  expect(settle(results).verdict).toBe('NOT SAFE');
  expect(settle(results, { ...defaultRules, isIgnored: (_site, check) => check === 'wire-shape' }).verdict).toBe(
    'SAFE',
  );
});

test('the order of results changes nothing', () => {
  const results = ask(60, { losses: 4, own: 2, repeats: 3 }).concat(ask(60, { losses: 1, callSite: 'b' }));
  const shuffled = [...results].sort((a, b) => (a.prompt + String(a.repeat) < b.prompt + String(b.repeat) ? 1 : -1));
  expect(settle(shuffled)).toEqual(settle(results));
});

test('an exchange with several checks of one kind holds only when all do', () => {
  const [result] = ask(1);
  const twice = (['FAIL', 'PASS'] as const).map((verdict) => ({ ...result?.checks[1], verdict }));
  const { sites } = settle([
    makeResult({ checks: {} }),
    { ...makeResult(), checks: twice as ExchangeResult['checks'] },
  ]);
  expect(sites[0]?.metrics[0]?.candidate).toMatchObject({ held: 0, asked: 1 });
});
