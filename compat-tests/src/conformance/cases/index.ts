import type { Capability } from '../case.ts';
import { chat } from './chat.ts';
import { choices } from './choices.ts';
import { completions } from './completions.ts';
import { context } from './context.ts';
import { embeddings } from './embeddings.ts';
import { errors } from './errors.ts';
import { filesAndBatches } from './files.ts';
import { json } from './json.ts';
import { limits } from './limits.ts';
import { logprobs } from './logprobs.ts';
import { models } from './models.ts';
import { moderations } from './moderations.ts';
import { network } from './network.ts';
import { reasoning } from './reasoning.ts';
import { responses } from './responses.ts';
import { responsesState } from './responses-state.ts';
import { responsesStream } from './responses-stream.ts';
import { roles } from './roles.ts';
import { sampling } from './sampling.ts';
import { sdk } from './sdk.ts';
import { stop } from './stop.ts';
import { streaming } from './streaming.ts';
import { toolDeltas } from './tool-deltas.ts';
import { toolResults } from './tool-results.ts';
import { tools } from './tools.ts';
import { transport } from './transport.ts';
import { unicode } from './unicode.ts';
import { usage } from './usage.ts';
import { vision } from './vision.ts';

/** Every table of cases, in the order of reports. */
export const capabilities: readonly Capability[] = [
  transport,
  models,
  chat,
  roles,
  sampling,
  stop,
  limits,
  usage,
  streaming,
  toolDeltas,
  tools,
  toolResults,
  json,
  vision,
  logprobs,
  choices,
  errors,
  context,
  unicode,
  network,
  embeddings,
  moderations,
  completions,
  reasoning,
  responses,
  responsesStream,
  responsesState,
  filesAndBatches,
  sdk,
];
