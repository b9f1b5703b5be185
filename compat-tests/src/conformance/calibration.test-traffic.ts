import { isOpenRouters, readTraffic, replayRow, type TrafficRow } from '../traffic.test-rows.ts';
import { observe, type Observation } from './observation.ts';

/** A recorded exchange as cases judge it. */
export interface RecordedObservation {
  readonly id: string;
  readonly provider: string;
  readonly seen: Observation;
}

/** Path below the base URL, whatever stands before it: a version, a deployment of Azure's, a gateway's prefix. */
function cutPath(path: string): string {
  return path.replace(
    /^.*?\/(?=chat\/completions|completions|embeddings|models|moderations|responses|conversations|files|batches)/,
    '/',
  );
}

/** The raw exchanges of a file whose requests are known; streams that their client left early are left out. */
export function readObservations(
  file: 'openai' | 'open-endpoints',
  wanted: (row: TrafficRow) => boolean,
): readonly RecordedObservation[] {
  return readTraffic(file)
    .filter((row) => row.provenance.raw && row.request?.path !== undefined && wanted(row))
    .map((row) => {
      const { id, provider, request, response } = row;
      const replayed = replayRow(row);
      const text = response.sse ?? response.text ?? (response.body === undefined ? '' : JSON.stringify(response.body));
      const seen = observe(
        {
          method: request?.body === null ? 'GET' : 'POST',
          path: cutPath(request?.path ?? ''),
          headers: {},
          body: request?.body ?? null,
        },
        {
          status: response.status,
          headers: Object.fromEntries(replayed.headers),
          pieces: [[0, new TextEncoder().encode(text)]],
        },
      );
      return { id, provider, seen };
    });
}

/** What OpenAI itself answered. */
export function readOpenAI(): readonly RecordedObservation[] {
  return readObservations('openai', (row) => row.provider === 'openai' && !isOpenRouters(row));
}
