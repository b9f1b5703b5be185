import type { Comparison } from '../compare.ts';
import type { Attempt, CaseResult, ExpectationResult, SeenExchange } from '../result.ts';

/** What the page shows of one result when it is opened. */
export interface Evidence {
  readonly attempts: readonly Attempt[];
  /** Attempts that are only in the JSON report. */
  readonly more: number;
}

/** Longest text of a body in the page, characters: a failure is read, a pass is only looked at. */
const limits = { failed: 12_000, passed: 2_000 } as const;

/** What is behind each case, one list a report, in the order of the comparison's cases. */
export function collectEvidence({ cases }: Comparison): Array<Array<Evidence | null>> {
  return cases.map(({ results }) => results.map((result) => (result === null ? null : readEvidence(result))));
}

function readEvidence({ verdict, attempts }: CaseResult): Evidence {
  // All askings of a case that holds look alike.
  const kept = verdict === 'PASS' ? attempts.slice(0, 1) : attempts;
  const limit = verdict === 'PASS' ? limits.passed : limits.failed;
  return {
    attempts: kept.map(({ verdict: own, expectations, exchanges }) => ({
      verdict: own,
      expectations: expectations.map(({ says, outcome, got }): ExpectationResult => ({
        says,
        outcome,
        got: cut(got, limit),
      })),
      exchanges: exchanges.map((seen) => cutExchange(seen, limit)),
    })),
    more: attempts.length - kept.length,
  };
}

function cutExchange({ request, response, failure, durationMs }: SeenExchange, limit: number): SeenExchange {
  const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  return {
    request: { ...request, body: body !== undefined && body.length > limit ? cut(body, limit) : request.body },
    response:
      response === null
        ? null
        : { ...response, text: cut(response.text, limit), chunkMs: response.chunkMs.slice(0, 60) },
    failure,
    durationMs,
  };
}

function cut(text: string, limit: number): string {
  return text.length > limit
    ? `${text.slice(0, limit)}… (${text.length - limit} characters more, in the JSON report)`
    : text;
}
