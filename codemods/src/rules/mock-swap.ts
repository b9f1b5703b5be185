import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type CodeScene, type Scene } from '../scene.ts';
import type { Site } from '../sites.ts';
import { shimModule } from '../values.ts';

const beside = { 'client.ts': `import OpenAI from 'openai';\nexport const client = new OpenAI();\n` };
const load = `import { client } from './client';\n`;

/** Keeps mocks of `openai` in step with the imports they stand in for. */
export const mockSwap = defineRule({
  id: 'mock-swap',
  summary: "Mocks '@migrate-llm/shim' where the code under test now imports it.",
  why: 'A mock that still names openai would no longer catch anything, and the tests would reach the network.',
  sdkMajors: [4, 5, 6, 7],
  examples: [
    {
      name: 'vitest, with its code under test',
      file: 'client.test.ts',
      beside,
      before: `${load}vi.mock('openai', () => ({ default: vi.fn() }));\n`,
      after: `${load}vi.mock('@migrate-llm/shim', () => ({ default: vi.fn() }));\n`,
    },
    {
      name: 'jest with the actual module',
      file: 'client.test.js',
      beside,
      before: `${load}jest.mock("openai", () => ({ ...jest.requireActual("openai") }))\n`,
      after: `${load}jest.mock("@migrate-llm/shim", () => ({ ...jest.requireActual("@migrate-llm/shim") }))\n`,
    },
    {
      name: 'vitest with an import expression',
      file: 'client.test.ts',
      beside,
      before: `${load}vi.mock(import('openai'), () => ({}));\n`,
      after: `${load}vi.mock(import('@migrate-llm/shim'), () => ({}));\n`,
    },
    {
      name: 'look-alike: a mock of a local module',
      file: 'client.test.ts',
      before: `vi.mock('./openai', () => ({ client: {} }));\n`,
      after: undefined,
    },
    {
      name: 'shadowed: a mock function of its own',
      file: 'client.test.ts',
      before: `const lab = { mock: (name: string) => name };\nlab.mock('openai');\n`,
      after: undefined,
    },
    {
      name: 'the code under test stays on openai',
      file: 'groq.test.ts',
      beside: {
        'groq.ts': `import OpenAI from 'openai';\nexport const groq = new OpenAI({ baseURL: 'https://api.groq.com/openai/v1' });\n`,
      },
      before: `import './groq';\njest.mock('openai');\n`,
      after: undefined,
    },
  ],
  find: (scene) => [...mockDrafts(scene), ...manualMocks(scene)],
});

function mockDrafts(scene: Scene): Draft[] {
  const { code } = scene;
  if (code === undefined) return [];
  return code.swaps.sites
    .filter((site) => site.specifier === 'openai' && (site.form === 'mock' || site.form === 'actual'))
    .map((site) => judgeMock(scene, code, site));
}

function judgeMock(scene: Scene, code: CodeScene, site: Site): Draft {
  const place = {
    file: site.file.file,
    offset: offsetOf(site.file, site.literal),
    what: `${site.form === 'mock' ? 'mock' : 'actual module'} of 'openai'`,
  };
  const served = reachableFrom(scene, site.file.file);
  const home = code.swaps.ownerOf(site.file.file)?.file;
  // A file of OpenAI Agents has its client of the shim from another rule; no mock of openai served it.
  const inPackage = (file: string): boolean =>
    home !== undefined &&
    code.swaps.ownerOf(file)?.file === home &&
    !scene.graph.specifiersOf(file).includes('@openai/agents');
  const direct = {
    shim: [...served].filter((file) => code.swaps.onShim.has(file)),
    openai: [...served].filter((file) => code.swaps.onOpenai.has(file)),
  };
  const isDirect = direct.shim.length + direct.openai.length > 0;
  const shim = isDirect ? direct.shim : [...code.swaps.onShim].filter(inPackage);
  const openai = isDirect ? direct.openai : [...code.swaps.onOpenai].filter(inPackage);
  if (shim.length > 0 && openai.length > 0) {
    return {
      ...place,
      action: 'manual',
      confidence: 'likely',
      why: `It serves ${shim[0]}, which imports the shim, and ${openai[0]}, which stays on openai.`,
      fix: `Mock both: repeat the call for '${shimModule}' with the same factory.`,
    };
  }
  if (shim.length > 0) {
    const edits = [{ start: place.offset + 1, end: site.literal.getEnd() - 1 + site.file.shift, text: shimModule }];
    return {
      ...place,
      action: 'rewrite',
      confidence: isDirect ? 'certain' : 'likely',
      why: `${shim[0]} imports the shim, so the mock has to name it.`,
      fix: '',
      edits,
    };
  }
  if (openai.length > 0) {
    return {
      ...place,
      action: 'leave',
      confidence: 'certain',
      why: `${openai[0]}, which it serves, stays on openai.`,
      fix: '',
    };
  }
  return {
    ...place,
    action: 'manual',
    confidence: 'unsure',
    why: 'No import of openai was found that it serves.',
    fix: `If the code under test moves to '${shimModule}', mock that as well.`,
  };
}

/** The file and everything it imports, directly or not. */
function reachableFrom(scene: Scene, file: string): Set<string> {
  const seen = new Set([file]);
  const queue = [file];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const target of scene.graph.importsOf(next)) {
      if (seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return seen;
}

function manualMocks(scene: Scene): Draft[] {
  if (scene.code === undefined || scene.code.swaps.onShim.size === 0) return [];
  return [...scene.files.keys()]
    .filter((file) => /(?:^|\/)__mocks__\/openai(?:\.[cm]?[jt]sx?|\/index\.[cm]?[jt]sx?)$/.test(file))
    .filter((file) => !scene.files.has(file.replace('__mocks__/openai', `__mocks__/${shimModule}`)))
    .map((file) => ({
      file,
      offset: 0,
      action: 'manual',
      confidence: 'certain',
      what: "manual mock of 'openai'",
      why: 'Jest and vitest find it by the name of the package, and the code now imports the shim.',
      fix: `Move it to ${file.replace('__mocks__/openai', `__mocks__/${shimModule}`)} (or copy it, when some code stays on openai).`,
    }));
}
