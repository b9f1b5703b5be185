import type { ServerResponse } from 'node:http';
import type { WireAnswer } from './endpoint.ts';

/** Writes an answer to a socket: each piece after its time, and the end as it is told. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, pieces, ending }: WireAnswer,
): Promise<void> {
  response.writeHead(status, headers);
  for (const { bytes, waitMs } of pieces) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (response.destroyed) return;
    response.write(bytes);
  }
  if (ending === 'whole') response.end();
  else if (ending === 'reset') response.destroy();
}
