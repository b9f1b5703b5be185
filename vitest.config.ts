import { defineConfig } from 'vitest/config';

/** Inside the repository the rooms are read as TypeScript, through the source condition of their package.json. */
export const conditions = ['@migrate-llm/source', 'node', 'module', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['.ci/*.test.ts', '{shim,codemods,compat-tests,cli}/src/**/*.test.ts', 'examples/*.test.ts'],
    exclude: ['**/*.corpus.test.ts', '**/*.services.test.ts', '**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
