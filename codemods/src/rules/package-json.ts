import type { Node } from 'jsonc-parser';
import { readJsonTree } from '../json-text.ts';
import { asRecord } from '../json-text.ts';
import type { Package, Section } from '../packages.ts';
import { defineRule, type Draft } from '../rule.ts';
import type { Scene } from '../scene.ts';
import { managerOf, raiseRange, readSdkVersion, styleOf, writeRange } from '../sdk-version.ts';
import { isUpgraded, upgradeOf, upgradeTo } from '../upgrade.ts';
import { filesOnShim } from '../shim-files.ts';
import { installCommand } from '../swap-plan.ts';
import { shimModule } from '../values.ts';

/** The shim's version that this release of the codemods writes. */
const shimVersion = '0.1.0';
const beside = { 'app.ts': `import OpenAI from 'openai';\nexport const client = new OpenAI();\n` };

/** Adds the shim to the package.json of rewritten files, beside `openai`. */
export const packageJson = defineRule({
  id: 'package-json',
  summary: 'Adds @migrate-llm/shim to the section that has openai, which stays.',
  why: 'The rewritten imports need the package, and the shim builds on the installed openai.',
  examples: [
    {
      name: 'sorted in place',
      file: 'package.json',
      beside,
      before: `{\n  "dependencies": {\n    "openai": "^6.0.0",\n    "zod": "^4.0.0"\n  }\n}\n`,
      after: `{\n  "dependencies": {\n    "@migrate-llm/shim": "^0.1.0",\n    "openai": "^6.0.0",\n    "zod": "^4.0.0"\n  }\n}\n`,
    },
    {
      name: 'exact versions stay exact',
      file: 'package.json',
      beside,
      before: `{"devDependencies":{"openai":"6.49.0"}}`,
      after: `{"devDependencies":{"@migrate-llm/shim":"0.1.0","openai":"6.49.0"}}`,
    },
    {
      name: 'an openai older than the shim needs is raised within its major',
      file: 'package.json',
      beside,
      before: `{\n  "dependencies": {\n    "openai": "~4.47.1"\n  }\n}\n`,
      after: `{\n  "dependencies": {\n    "@migrate-llm/shim": "~0.1.0",\n    "openai": "~4.104.0"\n  }\n}\n`,
    },
    {
      name: 'look-alike: nothing was rewritten',
      file: 'package.json',
      beside: { 'app.ts': `import OpenAI from './openai';\n` },
      before: `{ "dependencies": { "openai": "^6.0.0" } }\n`,
      after: undefined,
    },
    {
      name: 'beside another SDK that takes the fetch of the shim',
      file: 'package.json',
      beside: { 'app.ts': `import { ChatOpenAI } from '@langchain/openai';\nexport const m = new ChatOpenAI();\n` },
      before: `{\n  "dependencies": {\n    "@langchain/openai": "1.5.3"\n  }\n}\n`,
      after: `{\n  "dependencies": {\n    "@langchain/openai": "1.5.3",\n    "@migrate-llm/shim": "0.1.0"\n  }\n}\n`,
    },
    {
      name: 'a catalog is left to you',
      file: 'package.json',
      beside,
      before: `{ "dependencies": { "openai": "catalog:" } }\n`,
      after: undefined,
    },
  ],
  find: (scene, before) => {
    const { code } = scene;
    if (code === undefined) return [];
    const moved = new Map<string, { owner: Package; files: string[] }>();
    const homeless: string[] = [];
    for (const file of filesOnShim(scene, before)) {
      const owner = code.swaps.ownerOf(file);
      if (owner === undefined) homeless.push(file);
      else moved.set(owner.file, { owner, files: [...(moved.get(owner.file)?.files ?? []), file] });
    }
    const raised = code.upgrades.flatMap((one) => (isUpgraded(one) && one.owner !== undefined ? [one.owner] : []));
    const owners = new Map([...raised, ...[...moved.values()].map(({ owner }) => owner)].map((one) => [one.file, one]));
    return [
      ...[...moved.values()].flatMap(({ owner, files }) => shimDrafts(scene, owner, files)),
      ...[...owners.values()].flatMap((owner) => raiseDrafts(scene, owner)),
      ...raised.flatMap((owner) => zodDrafts(scene, owner)),
      ...homelessDrafts(homeless),
    ];
  },
});

function homelessDrafts(files: readonly string[]): Draft[] {
  const [first] = files;
  if (first === undefined) return [];
  return [
    {
      file: first,
      offset: 0,
      action: 'manual',
      confidence: 'certain',
      what: `${shimModule} is needed`,
      why: 'No package.json lies above this file, so the dependency cannot be written.',
      fix: `Install ${shimModule} beside openai (4.104 or later) where this file runs.`,
    },
  ];
}

/** The peer range of openai 6 for zod. Source: openai@6.49.0 package.json; checked 2026-11-25. */
const zod = { range: '^3.25 || ^4.0', major: 3, minor: 25 } as const;

/** An older zod beside the raised openai keeps npm from installing. */
function zodDrafts(scene: Scene, owner: Package): Draft[] {
  const range = ['dependencies', 'devDependencies']
    .map((section) => asRecord(owner.json[section])['zod'])
    .find((one) => typeof one === 'string');
  const found = typeof range === 'string' ? /(\d+)(?:\.(\d+))?/.exec(range) : null;
  const isOld =
    found !== null && Number(found[1]) <= zod.major && (Number(found[1]) < zod.major || Number(found[2]) < zod.minor);
  if (!isOld) return [];
  return [
    {
      file: owner.file,
      offset: Math.max(0, (scene.files.get(owner.file) ?? '').indexOf('"zod"')),
      action: 'manual',
      confidence: 'likely',
      what: `"zod": "${String(range)}" beside openai ${upgradeTo}`,
      why: `openai 6 takes zod ${zod.range} as an optional peer, so an older one may keep the package manager from installing.`,
      fix: `Raise zod to ^3.25.0 with it (zod 3.25 keeps the API of 3).`,
    },
  ];
}

/** Raises `openai` to what the shim needs, within its major. */
function raiseDrafts(scene: Scene, owner: Package): Draft[] {
  const version = readSdkVersion(owner, scene.files);
  const isMajor = isUpgraded(upgradeOf(scene.code?.upgrades ?? [], owner));
  const range =
    version === undefined ? undefined : isMajor ? writeRange(version.style, upgradeTo) : raiseRange(version);
  const declared = owner.openai.find((entry) => entry.section !== 'peerDependencies');
  const section = declared && findSection(scene.files.get(owner.file) ?? '', declared.section);
  const value = section?.entries.find((entry) => entry.key === 'openai')?.value;
  if (version === undefined || range === undefined || declared === undefined || value === undefined) return [];
  const from = version.locked
    ? `"${declared.range}", ${version.major}.${version.minor} by the lock file`
    : `"${declared.range}"`;
  return [
    {
      file: owner.file,
      offset: value.start,
      action: 'rewrite',
      confidence: 'certain',
      what: `"openai": "${range}" instead of ${from}`,
      why: isMajor
        ? 'You asked for it (--upgrade-sdk), and the code is rewritten with it.'
        : 'The shim needs openai 4.104 or later. It is the same major, so no call changes.',
      fix: `${managerOf(owner, scene.files)} install`,
      edits: [{ start: value.start + 1, end: value.end - 1, text: range }],
    },
  ];
}

function shimDrafts(scene: Scene, owner: Package, files: readonly string[]): Draft[] {
  const declaredShim = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].some(
    (section) => shimModule in asRecord(owner.json[section]),
  );
  if (declaredShim) return [];
  const manager = managerOf(owner, scene.files);
  const why = `${files.length === 1 ? files[0] : `${files.length} files`} of this package import${files.length === 1 ? 's' : ''} the shim.`;
  const byHand = (reason: string, offset: number): Draft => ({
    file: owner.file,
    offset,
    action: 'manual',
    confidence: 'certain',
    what: `add ${shimModule}`,
    why: `${why} ${reason}`,
    fix: `${installCommand(manager, `${shimModule}@^${shimVersion}`)}, in the way this repository declares its versions.`,
  });
  const declared = owner.openai.find((entry) => entry.section !== 'peerDependencies') ?? findNeighbour(owner);
  if (declared === undefined) return [byHand('No section of it declares openai, so the place is not known.', 0)];
  const text = scene.files.get(owner.file) ?? '';
  const section = findSection(text, declared.section);
  if (section === undefined || section.entries.length === 0) return [byHand('It could not be read.', 0)];
  const style = styleOf(declared.range);
  const anchor = section.entries.find((entry) => entry.key === 'openai');
  if (style === 'indirect')
    return [
      byHand(
        `It takes openai from "${declared.range}", which is not a plain version range.`,
        anchor?.start ?? section.start,
      ),
    ];
  const range = { exact: shimVersion, tilde: `~${shimVersion}`, caret: `^${shimVersion}`, open: `^${shimVersion}` }[
    style
  ];
  return [
    {
      file: owner.file,
      offset: anchor?.start ?? section.start,
      action: 'rewrite',
      confidence: 'certain',
      what: `"${shimModule}": "${range}" in ${declared.section}`,
      why: owner.openai.length > 0 ? `${why} openai stays, the shim builds on it.` : why,
      fix: `${manager} install${owner.openai.length > 0 ? '' : '; the shim has openai 4.104 or later as a peer, add it where the package manager does not'}`,
      edits: [insertEntry(text, section.entries, shimModule, range)],
    },
  ];
}

/** Packages beside which the shim's fetch is used, where openai itself is not declared. */
const neighbours = [
  '@ai-sdk/openai',
  '@langchain/openai',
  '@openai/agents',
  'openai-edge',
  '@llamaindex/openai',
  'llamaindex',
  '@azure/openai',
];

function findNeighbour({ json }: Package): Package['openai'][number] | undefined {
  const found = (['dependencies', 'devDependencies'] as const).flatMap((section) =>
    neighbours.flatMap((name) => {
      const range = asRecord(json[section])[name];
      return typeof range === 'string' ? [{ section, range }] : [];
    }),
  );
  const plain = 'dependencies' in json ? { section: 'dependencies' as const, range: '^0.0.0' } : undefined;
  return found[0] ?? plain;
}

interface Entry {
  readonly key: string;
  readonly start: number;
  /** Where its value stands, quotes included. */
  readonly value: { readonly start: number; readonly end: number };
}

function findSection(text: string, name: Section): { start: number; entries: readonly Entry[] } | undefined {
  const property = readJsonTree(text)?.children?.find((child) => child.children?.[0]?.value === name);
  const value: Node | undefined = property?.children?.[1];
  if (property === undefined || value?.type !== 'object') return undefined;
  const entries = (value.children ?? []).flatMap((child) => {
    const key: unknown = child.children?.[0]?.value;
    const held = child.children?.[1];
    if (typeof key !== 'string' || held === undefined) return [];
    return [{ key, start: child.offset, value: { start: held.offset, end: held.offset + held.length } }];
  });
  return { start: property.offset, entries };
}

/** Before the first greater key of a sorted section, before `openai` in an unsorted one; spacing as its neighbours have it. */
function insertEntry(
  text: string,
  entries: readonly Entry[],
  key: string,
  value: string,
): { start: number; end: number; text: string } {
  const isSorted = entries.every((entry, at) => at === 0 || (entries[at - 1]?.key ?? '') < entry.key);
  const next =
    (isSorted ? entries.find((entry) => entry.key > key) : undefined) ??
    entries.find((entry) => entry.key === 'openai') ??
    entries[0];
  const last = entries.at(-1);
  const goesLast = isSorted && last !== undefined && next === entries[0] && last.key < key;
  if (goesLast) {
    const space = /[,{]([^,{]*)$/.exec(text.slice(0, last.start))?.[1] ?? ' ';
    return { start: last.value.end, end: last.value.end, text: `,${space}"${key}": "${value}"` };
  }
  const start = next?.start ?? 0;
  const before = /[,{]([^,{]*)$/.exec(text.slice(0, start))?.[1] ?? ' ';
  const gap =
    next === entries[0] && entries[1] !== undefined
      ? (/,(\s*)$/.exec(text.slice(0, entries[1].start))?.[1] ?? before)
      : before;
  const colon =
    /^"openai"(\s*:\s*)/.exec(text.slice(entries.find((entry) => entry.key === 'openai')?.start))?.[1] ?? ': ';
  return { start, end: start, text: `"${key}"${colon}"${value}",${/^\s*$/.test(gap) ? gap : ' '}` };
}
