import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathFrom } from '../folder.ts';
import { note, ok, problem, type Check } from './check.ts';

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Looks at Node and at the packages that the migrated app needs, as Node would find them from the folder. */
export function checkPackages(folder: string): Check[] {
  const wanted = readWanted(folder);
  return [
    ok(`Node ${process.versions.node}`),
    checkSdk(folder, wanted.has('openai')),
    ...checkShim(folder, wanted.has('@migrate-llm/shim')),
  ];
}

function checkSdk(folder: string, wanted: boolean): Check {
  const found = findPackage(folder, 'openai');
  if (found === undefined) {
    const what = 'the openai package is not installed here';
    return wanted
      ? problem(what, 'Install the dependencies, e.g. npm install.')
      : note(what, 'The shim builds on it: npm install openai, in the package that makes the calls.');
  }
  const what = `openai ${found.version} (${found.place})`;
  const [major = 0, minor = 0] = found.version.split('.').map(Number);
  // The peer range of the shim's package.json.
  const fits = major >= 4 && major < 8 && (major > 4 || minor >= 104);
  return fits
    ? ok(what)
    : problem(
        `${what}: the shim needs 4.104 to 7.x`,
        major < 5 ? 'npm install openai@4.104.0 is the smallest step.' : 'npm install openai@7',
      );
}

function checkShim(folder: string, wanted: boolean): Check[] {
  const found = findPackage(folder, '@migrate-llm/shim');
  if (found !== undefined) return [ok(`@migrate-llm/shim ${found.version} (${found.place})`)];
  if (wanted)
    return [
      problem(
        'package.json asks for @migrate-llm/shim, which is not installed',
        'Install the dependencies, e.g. npm install.',
      ),
    ];
  return [note('@migrate-llm/shim is not used here yet', 'migrate-llm --write adds it.')];
}

function readWanted(folder: string): Set<string> {
  const { dependencies, devDependencies } = readManifest(join(folder, 'package.json')) ?? {};
  return new Set(Object.keys({ ...dependencies, ...devDependencies }));
}

function findPackage(folder: string, name: string): { version: string; place: string } | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    const version = readManifest(join(place, 'package.json'))?.version;
    if (version !== undefined) return { version, place: pathFrom(folder, place) };
    if (dirname(at) === at) return undefined;
  }
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
