import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests that need a live engine or a database server, which they start themselves on loopback. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ['**/node_modules/**'] } },
  defineConfig({
    test: { include: ['{shim,codemods,compat-tests,cli}/src/**/*.services.test.ts'], testTimeout: 600_000 },
  }),
);
