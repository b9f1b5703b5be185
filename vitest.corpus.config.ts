import { defineConfig } from 'vitest/config';
import { conditions } from './vitest.config.ts';

/** Tests that read the recorded material in ../shared: they fail when it is not there. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{shim,codemods,compat-tests,cli}/src/**/*.corpus.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
