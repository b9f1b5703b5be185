import sdk from 'openai';
import { defineShim } from '../client.ts';
import { ShimConfigError } from '../config-error.ts';

// `sdk` is what require('openai') gives: the class itself (4), a callable function with getters (5 to 7), or a test's mock.
const { OpenAI, AzureOpenAI } = defineShim(sdk);

/** Callable with and without `new`, as require('openai') is, and carrying everything that carries. */
function callable(this: unknown, ...args: readonly unknown[]): object {
  return Reflect.construct(OpenAI, args, new.target ?? OpenAI) as object;
}
callable.prototype = OpenAI.prototype;
Object.setPrototypeOf(callable, OpenAI);

// In openai 4 the module is the class, so that `require('openai').OpenAI === require('openai')`; later majors keep the two apart.
const named = Reflect.get(sdk, 'OpenAI') === sdk ? callable : OpenAI;
const own = { OpenAI: named, default: named, ShimConfigError, ...(AzureOpenAI === undefined ? {} : { AzureOpenAI }) };
const fixed = ['prototype', 'length', 'name', 'arguments', 'caller', ...Object.keys(own)];
for (const key of Reflect.ownKeys(sdk)) {
  if (fixed.includes(String(key))) continue;
  const enumerable = Object.getOwnPropertyDescriptor(sdk, key)?.enumerable ?? true;
  Object.defineProperty(callable, key, { enumerable, configurable: true, get: () => Reflect.get(sdk, key) as unknown });
}
for (const [key, value] of Object.entries(own))
  Object.defineProperty(callable, key, { value, enumerable: true, configurable: true, writable: true });
Object.defineProperty(callable, 'name', { value: 'OpenAI', configurable: true });
Object.defineProperty(callable, '__esModule', { value: true, configurable: true });

export default callable;
