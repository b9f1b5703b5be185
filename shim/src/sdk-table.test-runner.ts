import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Major, majors } from './majors.test-sdks.ts';
import { type Reply, startUpstream, type Upstream } from './upstream.test-server.ts';

/** What the bare SDK makes of each wire is written down per major: a row fails when an SDK release changes it. */
export interface Row {
  readonly name: string;
  readonly wire: Reply | ((count: number) => Reply);
  readonly call: (client: OpenAI) => Promise<unknown>;
  readonly bare: string | Readonly<Record<Major['name'], string>>;
  readonly shim: string;
}

/** The same on 4.104, 5 and 6, other on 7. */
export const same = (openai4: string, openai7: string) => ({ openai4, openai5: openai4, openai6: openai4, openai7 });

/** Runs every row on every major: the bare SDK first, then the shim's client. */
export function runRows(rows: readonly Row[]): void {
  describe.each(majors)('$name', ({ name, Bare, Shim }) => {
    let upstream: Upstream;
    beforeAll(async () => {
      upstream = await startUpstream();
    });
    afterAll(() => upstream.close());

    const outcome = async (client: OpenAI, { wire, call: act }: Row): Promise<string> => {
      let count = 0;
      upstream.reply = () => (typeof wire === 'function' ? wire(count++) : wire);
      try {
        return JSON.stringify(await act(client)) ?? 'undefined';
      } catch (error) {
        const { status, message, code, type } = error as {
          status?: number;
          message: string;
          code?: string;
          type?: string;
        };
        return `throws ${[status, message.split('\n')[0]?.slice(0, 90), type, code].filter((part) => part !== undefined && part !== null).join(' | ')}`;
      }
    };

    test.each(rows)('$name: the bare SDK', async (row) => {
      const client = new Bare({ apiKey: 'x', baseURL: upstream.baseURL, maxRetries: 0 });
      expect(await outcome(client, row)).toBe(typeof row.bare === 'string' ? row.bare : row.bare[name]);
    });
    test.each(rows)('$name: through the shim', async (row) => {
      const client = new Shim({
        maxRetries: 0,
        migrate: { target: { dialect: 'llama.cpp', baseURL: upstream.baseURL }, policy: 'silent' },
      });
      expect(await outcome(client, row)).toBe(row.shim);
    });
  });
}
