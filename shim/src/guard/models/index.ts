import type { GuardModel } from '../model.ts';
import { gptOssSafeguard } from './gpt-oss-safeguard.ts';
import { graniteGuardians } from './granite-guardian.ts';
import { llamaGuards } from './llama-guard.ts';

/** Every family of guard models, the more exact name first. */
export const guardModels: readonly GuardModel[] = [...llamaGuards, gptOssSafeguard, ...graniteGuardians];

/** Finds a family by a model's name or by its id; `undefined` when none fits. */
export function findGuardModel(name: string): GuardModel | undefined {
  return guardModels.find(({ id }) => id === name) ?? guardModels.find(({ names }) => names.test(name));
}
