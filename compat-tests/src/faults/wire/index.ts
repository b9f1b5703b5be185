import { callFaults } from './call-faults.ts';
import { chatFaults } from './chat-faults.ts';
import { chunkFaults } from './chunk-faults.ts';
import { embeddingFaults } from './embedding-faults.ts';
import { errorFaults } from './error-faults.ts';
import type { WireFault } from './fault.ts';
import { formatAnswerFaults } from './format-answer-faults.ts';
import { formatRequestFaults } from './format-request-faults.ts';
import { framingFaults } from './framing-faults.ts';
import { messageFaults } from './message-faults.ts';
import { modelFaults } from './model-faults.ts';
import { responseFaults } from './response-faults.ts';
import { responseStreamFaults } from './response-stream-faults.ts';
import { samplingFaults } from './sampling-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { streamedCallFaults } from './streamed-call-faults.ts';
import { toolFaults } from './tool-faults.ts';
import { transportFaults } from './transport-faults.ts';

/** Every fault of the wire the conformance suite is held to, area by area. */
export const wireFaults: ReadonlyMap<string, readonly WireFault[]> = new Map([
  ['Transport and keys', transportFaults],
  ['Models', modelFaults],
  ['Errors', errorFaults],
  ['Messages', messageFaults],
  ['Sampling', samplingFaults],
  ['Chat answers', chatFaults],
  ['Stream framing', framingFaults],
  ['Chunks', chunkFaults],
  ['Tools', toolFaults],
  ['Tool calls', callFaults],
  ['Streamed tool calls', streamedCallFaults],
  ['Format demanded', formatRequestFaults],
  ['Format answered', formatAnswerFaults],
  ['Embeddings', embeddingFaults],
  ['Other services', serviceFaults],
  ['Responses', responseFaults],
  ['Responses streams', responseStreamFaults],
]);
