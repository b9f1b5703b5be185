import type { FoundCode } from '../found-code.ts';
import type { Package } from '../packages.ts';
import { createReferences } from '../references.ts';
import { draftRewrite, type Rewrite } from '../rewrite.ts';
import { rewriteCall } from './calls.ts';
import { checkClients } from './clients.ts';
import { rewriteErrors } from './errors.ts';
import { rewriteNames } from './names.ts';
import type { Sdk3Scene } from './scene.ts';

interface Sources extends FoundCode {
  readonly ownerOf: (file: string) => Package | undefined;
}

/** Calls that have the name of an endpoint of openai 3 on something that is not known at all. */
const telling = /^create(?:ChatCompletion|Embedding|Moderation)$/;

/** Plans the move of one package from openai 3 to the shape of openai 4 and later: all of its files, or none. */
export function planSdk3(from: Sources, owner: Package | undefined): Rewrite {
  const draft = draftRewrite(from.project);
  const isOwn = (file: string): boolean => from.ownerOf(file)?.file === owner?.file;
  const uses = from.uses.filter((use) => isOwn(use.file.file));
  const scene: Sdk3Scene = {
    ...from,
    references: createReferences(from.project),
    sites: from.sites.filter((site) => isOwn(site.file.file) && /^openai(?:\/|$)/.test(site.specifier)),
    uses,
    isOwn,
    draft,
  };
  for (const site of scene.sites) rewriteNames(scene, site);
  checkClients(scene);
  for (const use of uses) {
    if (use.client?.name === 'OpenAIApi') {
      rewriteCall(scene, use);
      rewriteErrors(scene, use);
    } else if (use.client === undefined && telling.test(use.endpoint.split('.').at(-1) ?? '')) {
      const callee = use.call?.expression;
      const owner3 = callee !== undefined && 'expression' in callee ? (callee.expression as typeof callee) : undefined;
      if (owner3 === undefined || from.flow.valuesOf(owner3).length === 0)
        draft.block(use.node, 'It looks like a call of openai 3, but where its client comes from is not known.');
    }
  }
  return draft;
}
