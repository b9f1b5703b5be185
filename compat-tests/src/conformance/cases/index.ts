import type { Capability } from '../case.ts';
import { chat } from './chat.ts';
import { choices } from './choices.ts';
import { context } from './context.ts';
import { errors } from './errors.ts';
import { limits } from './limits.ts';
import { logprobs } from './logprobs.ts';
import { models } from './models.ts';
import { sampling } from './sampling.ts';
import { stop } from './stop.ts';
import { streaming } from './streaming.ts';
import { toolDeltas } from './tool-deltas.ts';
import { tools } from './tools.ts';
import { transport } from './transport.ts';
import { usage } from './usage.ts';

/** Every table of cases, in the order of reports. */
export const capabilities: readonly Capability[] = [
  transport,
  models,
  chat,
  sampling,
  stop,
  limits,
  usage,
  streaming,
  toolDeltas,
  tools,
  logprobs,
  choices,
  errors,
  context,
];
