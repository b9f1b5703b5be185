import { readFileSync, writeFileSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'tsdown';

const shared: UserConfig = {
  platform: 'node',
  target: 'node20.19',
  tsconfig: './tsconfig.base.json',
  clean: true,
  outExtensions: ({ format }) => (format === 'cjs' ? { js: '.cjs', dts: '.d.cts' } : { js: '.js', dts: '.d.ts' }),
};

const room = (name: string, entry: Record<string, string>, dts = true): UserConfig => ({
  ...shared,
  cwd: name,
  entry,
  outDir: 'dist',
  format: 'esm',
  dts,
});

export default defineConfig([
  {
    ...room('shim', {
      fetch: 'src/fetch.ts',
      gateway: 'src/gateway/index.ts',
      manifest: 'src/manifest/index.ts',
      exchange: 'src/exchange.ts',
      record: 'src/record/index.ts',
      'record-thread': 'src/record/thread-worker.ts',
    }),
    format: ['esm', 'cjs'],
  },
  { ...room('shim', { index: 'src/door/esm.ts' }, false), clean: false },
  {
    ...room('shim', { index: 'src/door/cjs.ts' }, false),
    format: 'cjs',
    clean: false,
    outputOptions: {
      // Tools that read the code without running it look for this line.
      footer: 'module.exports.default = module.exports.OpenAI;',
      // With chunks beside it the entry would export what they share, and `require` no longer give the class.
      codeSplitting: false,
    },
    // The doors' types are openai's own, so they are written by hand, for both formats.
    onSuccess: () => {
      const types = readFileSync('shim/src/door/types.d.ts', 'utf8');
      for (const [door, fetch] of [
        ['index.d.ts', './fetch.js'],
        ['index.d.cts', './fetch.cjs'],
      ] as const)
        writeFileSync(`shim/dist/${door}`, types.replaceAll('@migrate-llm/shim/fetch', fetch));
    },
  },
  room('codemods', { index: 'src/index.ts' }),
  room('compat-tests', {
    index: 'src/index.ts',
    embedded: 'src/embedded/index.ts',
    reports: 'src/reports/index.ts',
    vitest: 'src/vitest.ts',
  }),
  room('cli', { main: 'src/main.ts', 'type-check': 'src/proof/child.ts' }, false),
]);
