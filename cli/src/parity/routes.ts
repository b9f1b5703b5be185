import type { ParityReport } from '@migrate-llm/compat-tests';

/** One target's report. */
export interface TargetReport {
  readonly target: string;
  readonly report: ParityReport;
}

/** Rules of `route` for `migrate-llm.config.json`, and a line a call site that says why. */
export interface Routes {
  readonly route: ReadonlyArray<{ readonly when: { readonly callSite: string }; readonly target: string }>;
  readonly lines: readonly string[];
}

/** Chooses for each call site the cheapest target that is SAFE there; where a price is unknown, the first named, and says so. */
export function listRoutes(reports: readonly TargetReport[]): Routes {
  const sites = [...new Set(reports.flatMap(({ report }) => report.sites.map(({ callSite }) => callSite)))].sort();
  const route: Array<{ when: { callSite: string }; target: string }> = [];
  const lines = sites.map((callSite) => {
    const found = reports.flatMap((one) => {
      const site = one.report.sites.find((held) => held.callSite === callSite);
      return site === undefined ? [] : [{ ...one, verdict: site.verdict }];
    });
    const safe = found.filter(({ verdict }) => verdict === 'SAFE');
    const [first] = safe;
    if (first === undefined)
      return `${callSite}: stays on OpenAI; ${found.map(({ target, verdict }) => `${target} is ${verdict}`).join(', ')}`;
    const priced = safe.map((one) => ({ ...one, dollars: one.report.measures.cost.candidate.dollars }));
    const isKnown = priced.every(({ dollars }) => dollars !== null);
    const chosen = isKnown
      ? priced.reduce((best, one) => ((one.dollars ?? 0) < (best.dollars ?? 0) ? one : best))
      : first;
    const why =
      safe.length === 1
        ? 'the only one that is SAFE'
        : isKnown
          ? 'the cheapest that is SAFE'
          : 'SAFE, and named first: a price is unknown, so which is cheapest is too';
    // A request line is no tag: a rule cannot tell these calls from others.
    if (/^[A-Z]+ \//.test(callSite))
      return `${callSite}: ${chosen.target}, ${why}; give these calls a tag (x-migrate-llm-call-site) to route them`;
    route.push({ when: { callSite }, target: chosen.target });
    return `${callSite}: ${chosen.target}, ${why}`;
  });
  return { route, lines };
}
