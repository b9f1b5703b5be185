import Shim, * as door from '@migrate-llm/shim';
import Raw, * as raw from 'openai';
import type Raw4 from 'openai4';
import type Raw5 from 'openai5';
import type Raw6 from 'openai6';
import { describe, expect, test } from 'vitest';
import type { ChatParams, EmbeddingParams } from '../wire.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value: T): T => value;

describe('the ESM door', () => {
  test('has everything openai has, the classes its own', () => {
    expect(Object.keys(raw).filter((name) => !(name in door))).toEqual([]);
    expect(door.OpenAI).toBe(Shim);
    expect(door.APIError).toBe(raw.APIError);
    expect(Shim).not.toBe(Raw);
    expect(Shim.prototype).toBeInstanceOf(Raw);
  });

  test('has the types of openai', () => {
    // Checked by tsc: a false one does not compile.
    holds<Equal<typeof Shim, typeof Raw>>(true);
    holds<Equal<typeof door.OpenAI, typeof raw.OpenAI>>(true);
    holds<Equal<typeof door.AzureOpenAI, typeof raw.AzureOpenAI>>(true);
    holds<Equal<Shim.Chat.ChatCompletion, Raw.Chat.ChatCompletion>>(true);
    holds<Equal<Exclude<keyof typeof raw, keyof typeof door>, never>>(true);
    const options: ConstructorParameters<typeof Shim>[0] = {
      migrate: { target: { dialect: 'llama.cpp', baseURL: 'http://a/v1' }, policy: 'silent' },
    };
    // @ts-expect-error a dialect that does not exist
    const wrong: NonNullable<door.TargetOption['dialect']> = 'llamacpp';
    expect(() => new Shim(options)).not.toThrow();
    expect(() => new Shim({ migrate: { target: { dialect: wrong, baseURL: 'http://a/v1' } } })).toThrow(
      /did you mean "llama\.cpp"/,
    );
  });

  test('a subclass may extend it', () => {
    class Mine extends Shim {
      hello = 'hello';
    }
    const mine = new Mine({ migrate: { target: { dialect: 'llama.cpp', baseURL: 'http://a/v1' } } });
    expect(mine).toBeInstanceOf(Mine);
    expect(mine.hello).toBe('hello');
  });
});

describe('the parameter tables', () => {
  test('know exactly the parameters of the newest SDK, and all of the older ones', () => {
    holds<Equal<keyof ChatParams, keyof Raw.Chat.ChatCompletionCreateParams>>(true);
    holds<Equal<keyof EmbeddingParams, keyof Raw.EmbeddingCreateParams>>(true);
    type Older =
      | keyof Raw4.Chat.ChatCompletionCreateParams
      | keyof Raw5.Chat.ChatCompletionCreateParams
      | keyof Raw6.Chat.ChatCompletionCreateParams;
    holds<Equal<Exclude<Older, keyof ChatParams>, never>>(true);
    expect.assertions(0);
  });
});
