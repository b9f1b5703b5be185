import { checkKeys, needNumber, needObject, needText, needWord } from '../config-shape.ts';
import { ShimConfigError } from '../config-error.ts';
import type { Target } from '../target.ts';
import type { GuardModel, PromptForm } from './model.ts';
import { findGuardModel, guardModels } from './models/index.ts';

/** What happens to what the guard finds unsafe: nothing, a field `moderation` on the answer, or no answer. */
export type GuardMode = 'off' | 'score' | 'block';

/** The guard model that answers `moderations.create` and judges calls, as it stands in the config file. */
export interface GuardConfig {
  /** Its name at its target. */
  readonly model: string;
  /** Id in `targets`; the default target when left out. */
  readonly target?: string;
  /** Family of the model, where its name does not say it. */
  readonly kind?: string;
  /** Who writes the model's task: its own chat template on the server (default), or the shim, for servers without that template. */
  readonly prompt?: PromptForm;
  /** Text of a policy of your own, for gpt-oss-safeguard. */
  readonly policy?: string;
  /** What counts as flagged: what OpenAI's moderation would look for (default), or whatever the guard calls unsafe. */
  readonly flag?: 'openai' | 'any';
  /** What an answer that is no verdict leads to: an error (default), or flagged content. Never "safe". */
  readonly unreadable?: 'error' | 'flag';
  /** Before a call; `off` when left out. */
  readonly input?: GuardMode;
  /** After a call; `off` when left out. */
  readonly output?: GuardMode;
  /** Turns of a conversation that the guard sees, the last one among them; 10 when left out. */
  readonly turns?: number;
  /** Milliseconds for one verdict; 10,000 when left out. */
  readonly deadlineMs?: number;
  /** A stream is judged again after so many characters; 400 when left out. */
  readonly window?: number;
  /** Milliseconds that text of a stream waits at most before it is judged; 1,000 when left out. */
  readonly holdMs?: number;
}

/** The guard with everything settled. */
export interface GuardSettings extends Required<Omit<GuardConfig, 'target' | 'kind' | 'policy'>> {
  readonly to: Target;
  readonly family: GuardModel;
  readonly policy: string | undefined;
}

const keys = [
  'model',
  'target',
  'kind',
  'prompt',
  'policy',
  'flag',
  'unreadable',
  'input',
  'output',
  'turns',
  'deadlineMs',
  'window',
  'holdMs',
] as const;
const modes = ['off', 'score', 'block'] as const;
const numbers = ['turns', 'deadlineMs', 'window', 'holdMs'] as const;

/** Checks the config key `guard`. Throws `ShimConfigError`. */
export function checkGuard(value: unknown, from: string): void {
  const guard = needObject(value, from);
  checkKeys(guard, keys, from);
  const model = needText(guard['model'], `${from}.model`);
  for (const key of ['target', 'policy'] as const) if (guard[key] !== undefined) needText(guard[key], `${from}.${key}`);
  const choices = {
    kind: guardModels.map(({ id }) => id),
    prompt: ['template', 'written'],
    flag: ['openai', 'any'],
    unreadable: ['error', 'flag'],
    input: modes,
    output: modes,
  };
  for (const [key, words] of Object.entries(choices))
    if (guard[key] !== undefined) needWord(guard[key], words, `${from}.${key}`);
  for (const key of numbers)
    if (guard[key] !== undefined) needNumber(guard[key], `${from}.${key}`, 'a number of at least 1', 1);
  const family = needFamily(guard['kind'] ?? model, from);
  const prompt = guard['prompt'];
  if (prompt !== undefined && !family.prompts.some((form) => form === prompt))
    throw new ShimConfigError(
      `${from}.prompt is "${String(prompt)}"; of ${family.id} only ${family.prompts.join(', ')} is known: serve it with its own chat template`,
    );
  if (guard['policy'] !== undefined && family.id !== 'gpt-oss-safeguard')
    throw new ShimConfigError(`${from}.policy is for gpt-oss-safeguard; ${family.id} judges by its own categories`);
}

/** Puts the defaults in. Throws `ShimConfigError`. */
export function settleGuard(config: GuardConfig, to: Target): GuardSettings {
  const { target: _, kind, policy, ...given } = config;
  return {
    prompt: 'template',
    flag: 'openai',
    unreadable: 'error',
    input: 'off',
    output: 'off',
    turns: 10,
    deadlineMs: 10_000,
    window: 400,
    holdMs: 1000,
    ...given,
    policy,
    to,
    family: needFamily(kind ?? config.model, 'guard'),
  };
}

function needFamily(name: unknown, from: string): GuardModel {
  const family = findGuardModel(String(name));
  if (family === undefined)
    throw new ShimConfigError(
      `${from}: no guard model is known by the name ${JSON.stringify(name)}; say in ${from}.kind which family it is: ${guardModels.map(({ id }) => id).join(', ')}`,
    );
  return family;
}
