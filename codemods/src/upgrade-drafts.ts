import type { Block } from './rewrite.ts';
import type { Draft } from './rule.ts';
import { isUpgraded, upgradeTo, type Upgrade } from './upgrade.ts';

/** The findings of a package that moves to a later major, or cannot. @param recipe how to do it by hand. */
export function draftUpgrade(upgrade: Upgrade, recipe: string): Draft[] {
  const { rewrite } = upgrade;
  const isDone = isUpgraded(upgrade);
  const files = [...rewrite.edits].map(([file, edits]): Draft => {
    const place = {
      file,
      offset: Math.min(...edits.map((edit) => edit.start)),
      confidence: 'certain' as const,
      what: `openai ${upgrade.from} in ${edits.length === 1 ? 'one place' : `${edits.length} places`}`,
    };
    if (isDone)
      return {
        ...place,
        action: 'rewrite',
        why: `It takes the shape of openai ${upgradeTo}, to which the dependency is raised.`,
        fix: '',
        edits,
      };
    const [first] = rewrite.blocks;
    if (first === undefined)
      return {
        ...place,
        action: 'manual',
        why: 'It can be rewritten whole, but the major of a dependency is raised only when you ask for it.',
        fix: `Run migrate-llm with --upgrade-sdk (openai ${upgradeTo}).`,
      };
    return {
      ...place,
      action: 'manual',
      why: `The package has one version of openai, and ${rewrite.blocks.length === 1 ? 'one place' : `${rewrite.blocks.length} places`} of it cannot be rewritten (first: ${first.file}, ${first.what}), so nothing is.`,
      fix: `Settle those places and run migrate-llm with --upgrade-sdk, or do it by hand: ${recipe}.`,
    };
  });
  const blocks = rewrite.blocks.map((block) => ({
    ...placed(block),
    action: 'manual' as const,
    fix: `Bring it into a shape that can be followed, or rewrite the package by hand: ${recipe}.`,
  }));
  const notes = isDone ? rewrite.notes.map((note) => ({ ...placed(note), action: 'leave' as const, fix: '' })) : [];
  return [...files, ...blocks, ...notes];
}

function placed({ file, offset, what, why }: Block): Pick<Draft, 'file' | 'offset' | 'confidence' | 'what' | 'why'> {
  return { file, offset, confidence: 'certain', what, why };
}
