import type { Draft } from './rule.ts';
import type { Scene } from './scene.ts';
import { isSource } from './candidates.ts';
import { shimModule } from './values.ts';

/** Files that import the shim or one of its entries, after the plan or already. @param before what was found so far. */
export function filesOnShim(scene: Scene, before: readonly Draft[]): ReadonlySet<string> {
  const edited = before
    .filter((draft) => isSource(draft.file) && draft.edits?.some((edit) => edit.text.includes(shimModule)) === true)
    .map((draft) => draft.file);
  const already = [...(scene.code?.project.files.keys() ?? [])].filter((file) =>
    scene.graph.specifiersOf(file).some((name) => name.startsWith(`${shimModule}/`)),
  );
  return new Set([...(scene.code?.swaps.onShim ?? []), ...edited, ...already]);
}
