import { defineConfig } from 'vitest/config';

/** Inside the repository the rooms are read as TypeScript, through the source condition of their package.json. */
export const conditions = ['@migrate-llm/source', 'node', 'module', 'import', 'default'];

const exclude = ['**/*.corpus.test.ts', '**/*.services.test.ts', '**/node_modules/**', '**/dist/**'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'rooms', include: ['{shim,codemods,compat-tests,cli}/src/**/*.test.ts'], exclude },
      },
      {
        // These look at what is published, so the build comes first, once.
        extends: true,
        test: {
          name: 'packages',
          include: ['.ci/*.test.ts', 'examples/*.test.ts'],
          exclude,
          globalSetup: '.ci/build-first.ts',
        },
      },
    ],
  },
});
