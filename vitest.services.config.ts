import { defineConfig } from 'vitest/config';

// The room's sources by their condition; packages choose between import and require for themselves, as pg breaks when told.
const conditions = ['@migrate-llm/source', 'node'];

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
