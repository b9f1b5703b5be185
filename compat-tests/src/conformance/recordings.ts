import type { Exchange } from '@migrate-llm/shim/exchange';
import type { Case, RecordedRequest } from './case.ts';
import { judgeCase } from './judge.ts';
import { observe, type Observation } from './observation.ts';
import type { ExpectationResult, ProfileId } from './result.ts';

/** Reads a recorded exchange as if it had just been asked. */
export function observeExchange({ request, response }: Exchange): Observation {
  return observe(
    { method: request.method.toUpperCase(), path: request.path, headers: request.headers, body: request.body },
    {
      status: response.status,
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value])),
      pieces: response.chunks.map(([ms, base64]) => [ms, Buffer.from(base64, 'base64')]),
    },
  );
}

/** What decides whether a case applies to a recorded exchange. */
function describeRecorded({ request, body, status, answer }: Observation): RecordedRequest {
  const path = request.path.replace(/\?.*$/, '');
  return {
    method: request.method,
    path,
    body,
    status,
    calls: answer.choices.some(({ toolCalls }) => toolCalls.length > 0),
  };
}

/** Holds a recorded exchange against a case; undefined when the case does not apply to it, or the profile leaves nothing to judge. */
export function judgeRecorded(
  row: Case,
  seen: Observation,
  profile: ProfileId,
): readonly ExpectationResult[] | undefined {
  if (row.applies?.(describeRecorded(seen)) !== true) return undefined;
  const results = judgeCase(row, [seen], { profile, origin: 'recording' });
  return results.length === 0 ? undefined : results;
}
