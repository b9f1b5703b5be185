import { createAdaptingAsk } from './conformance/adaptation.ts';
import { capabilities } from './conformance/cases/index.ts';
import { findObstacle } from './conformance/preflight.ts';
import type { CaseResult } from './conformance/result.ts';
import { type CaseSetting, runCase } from './conformance/run-case.ts';
import { makeSetting } from './conformance/run.ts';
import { selectCases } from './conformance/selection.ts';
import { openRun, type VerifyOptions } from './conformance/verify.ts';

export { VerifyError } from './conformance/selection.ts';
export type { DirectEndpoint, ShimEndpoint, VerifyOptions } from './conformance/verify.ts';

/** What a test gets from its runner, as far as it is used. */
export interface TestContext {
  /** Leaves the test out, with the reason; vitest's does not return. */
  readonly skip: (note?: string) => void;
  /** Says something of a test that passes (vitest 3.2 and later). */
  readonly annotate?: (message: string, type?: string) => unknown;
}

/** The `test` of vitest, or of a runner that takes the same. */
export type TestFunction = (name: string, run: (context: TestContext) => Promise<void>, timeoutMs?: number) => unknown;

/** Settings of {@link testConformance}: those of `verify`, without what belongs to one whole run. */
export type ConformanceTestOptions = Omit<VerifyOptions, 'concurrency' | 'finished' | 'onProgress' | 'onStart'>;

/**
 * Registers one test a conformance case in the user's own suite. `FAIL`, `TIMEOUT` and `INCONCLUSIVE` fail their test;
 * `UNSUPPORTED` and `UNTESTED` are skipped with the reason; `WARN` and `FLAKY` pass and are annotated.
 * Throws `VerifyError` for cases in `only` that are none.
 */
export function testConformance(test: TestFunction, options: ConformanceTestOptions): void {
  let opened: Promise<CaseSetting | string> | undefined;
  const timeoutMs = (options.timeoutMs ?? 120_000) * (options.k ?? 3) + 30_000;
  for (const { name, cases } of selectCases(capabilities, options.only ?? []))
    for (const row of cases)
      test(
        `${row.id} ${row.title}`,
        async (context) => {
          const setting = await (opened ??= openSetting(options));
          if (typeof setting === 'string') throw new Error(setting);
          const result = await runCase(row, name, setting);
          const { verdict, reason } = result;
          if (verdict === 'UNSUPPORTED' || verdict === 'UNTESTED') return context.skip(`${verdict}: ${reason}`);
          if (verdict === 'FAIL' || verdict === 'TIMEOUT' || verdict === 'INCONCLUSIVE')
            throw new Error(describe(result));
          if (verdict !== 'PASS') {
            if (context.annotate === undefined) console.warn(`${row.id} ${describe(result)}`);
            else await context.annotate(describe(result), 'warning');
          }
        },
        timeoutMs,
      );
}

/** One plain question comes first, so that an endpoint that is not there is said in every test by the same words. */
async function openSetting(options: ConformanceTestOptions): Promise<CaseSetting | string> {
  const run = await openRun(options);
  const ask = createAdaptingAsk(run.ask);
  const setting = makeSetting({ ...run, ask });
  return (await findObstacle(ask, run.endpoint.model, setting.timeoutMs)) ?? setting;
}

function describe({ verdict, reason, hurts, fix }: CaseResult): string {
  const whom = hurts.length === 0 ? '' : ` (hurts ${hurts.join(', ')})`;
  return `${verdict}: ${reason}${whom}${fix === '' ? '' : `. ${fix}`}`;
}
