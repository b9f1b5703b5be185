import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests that read the recorded material in ../shared: they fail when it is not there. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ['**/node_modules/**'] } },
  defineConfig({
    test: { include: ['{shim,codemods,compat-tests,cli}/src/**/*.corpus.test.ts'], testTimeout: 600_000 },
  }),
);
