import { asRecord } from './json-text.ts';
import type { Package } from './packages.ts';

/** Packages that a wrapper lets its users bring. */
const peers = ['openai', '@langchain/openai', '@ai-sdk/openai', '@openai/agents'];

/** Why a package is one whose job is wrapping OpenAI for others, so that it is reported and not rewritten; undefined when it is not. */
export function whyWrapper(owner: Package | undefined): string | undefined {
  if (owner === undefined || !owner.isPublished) return undefined;
  const { name = '', json, file } = owner;
  const peer = peers.find((one) => one in asRecord(json['peerDependencies']));
  // What is started by its name is an application, whatever it is called; and `npm init` writes a name and a main into every folder.
  const isLibrary =
    json['bin'] === undefined &&
    ['exports', 'types', 'typings', 'files', 'module', 'publishConfig'].some((one) => one in json);
  if (peer === undefined && !isLibrary) return undefined;
  const keywords = Array.isArray(json['keywords']) ? json['keywords'] : [];
  const sign =
    peer === undefined
      ? /openai/i.test(name)
        ? `its name is ${name}`
        : keywords.includes('openai')
          ? 'its keywords name openai'
          : undefined
      : `${peer} is its peer dependency`;
  return sign === undefined
    ? undefined
    : `${file} is a published package for users of OpenAI (${sign}), so it is reported and not rewritten.`;
}
