import type { Capability, Case, CaseRequest } from './case.ts';
import type { Cost } from './result.ts';

/** Tokens of an answer whose request sets no limit. */
const openEnded = 1024;
/** Tokens of a request that is only made when the one before it is known. */
const followUp = 600;
const generates = /^\/+(?:chat\/completions|completions|responses)\b/;

/** The most a request may cost. Prompts are counted by their length, three characters a token: more than tokenizers make of English. */
export function estimateRequest(request: CaseRequest): number {
  if (request.maxTokens !== undefined) return request.maxTokens;
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  if (request.method === 'GET' || (request.body === undefined && request.raw === undefined)) return 0;
  const prompt = Math.ceil(
    (JSON.stringify(body).length + (typeof request.raw === 'string' ? request.raw.length : 0)) / 3,
  );
  if (!generates.test(request.path)) return prompt;
  const limit = ['max_completion_tokens', 'max_tokens', 'max_output_tokens']
    .map((key) => body[key])
    .find((value) => typeof value === 'number' && value > 0);
  const choices = typeof body['n'] === 'number' && body['n'] > 1 ? body['n'] : 1;
  return prompt + Math.min(typeof limit === 'number' ? limit : openEnded, 100_000) * choices;
}

/** The most one asking of a case may cost, retries left out. */
function estimateCase({ steps }: Pick<Case, 'steps'>): Cost {
  const costs = steps.map((step): Cost => {
    if (typeof step === 'function') return { requests: 1, tokens: followUp };
    const requests = Array.isArray(step) ? (step as readonly CaseRequest[]) : [step as CaseRequest];
    return { requests: requests.length, tokens: requests.reduce((sum, one) => sum + estimateRequest(one), 0) };
  });
  return addCosts(costs);
}

/** The most a run may cost. */
export function estimateRun(capabilities: readonly Capability[], k: number): Cost {
  return addCosts(
    capabilities.flatMap(({ cases }) =>
      cases.map((row) => {
        const { requests, tokens } = estimateCase(row);
        const times = row.kind === 'model' ? k : 1;
        return { requests: requests * times, tokens: tokens * times };
      }),
    ),
  );
}

/** Adds costs up. */
export function addCosts(costs: readonly Cost[]): Cost {
  return costs.reduce((sum, cost) => ({ requests: sum.requests + cost.requests, tokens: sum.tokens + cost.tokens }), {
    requests: 0,
    tokens: 0,
  });
}
