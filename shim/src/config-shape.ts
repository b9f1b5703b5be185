import { ShimConfigError, suggestWord } from './config-error.ts';
import { isObject, type WireObject } from './wire.ts';

/** Takes a value that must be an object. Throws `ShimConfigError`. */
export function needObject(value: unknown, from: string): WireObject {
  if (!isObject(value)) throw new ShimConfigError(`${from} must be an object`);
  return value;
}

/** Refuses keys nobody knows, with the nearest known one. Throws `ShimConfigError`. */
export function checkKeys(value: WireObject, known: readonly string[], from: string): void {
  for (const key of Object.keys(value))
    if (!known.includes(key))
      throw new ShimConfigError(
        `${from}: unknown key "${key}"${suggestWord(key, known)}; known keys: ${known.join(', ')}`,
      );
}

/** Takes a value that must be one of some words. Throws `ShimConfigError`. */
export function needWord<W extends string>(value: unknown, words: readonly W[], from: string): W {
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw new ShimConfigError(
      `${from} is ${JSON.stringify(value)}${suggestWord(String(value), words)}; it must be one of ${words.join(', ')}`,
    );
  return found;
}

/** Takes a value that must be a text that is not empty. Throws `ShimConfigError`. */
export function needText(value: unknown, from: string): string {
  if (typeof value !== 'string' || value === '') throw new ShimConfigError(`${from} must be a text that is not empty`);
  return value;
}

/** Takes a number within bounds; `what` says in words what it is. Throws `ShimConfigError`. */
export function needNumber(value: unknown, from: string, what: string, least: number, most = Infinity): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new ShimConfigError(`${from} is ${JSON.stringify(value)}; it must be ${what}`);
  return value;
}
