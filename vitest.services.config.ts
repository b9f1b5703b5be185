import { defineConfig } from 'vitest/config';
import { conditions } from './vitest.config.ts';

/** Tests that need a live engine or a database server, which they start themselves on loopback. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{shim,codemods,compat-tests,cli}/src/**/*.services.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
