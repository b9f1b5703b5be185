import { defineConfig } from 'vitest/config';
import { conditions } from '../vitest.config.ts';

/** Runs an app's own tests with the rooms read as TypeScript, so that they see this checkout and not the last build. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ['test/**/*.test.ts'] },
});
