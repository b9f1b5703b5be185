import type { ts } from 'ts-morph';
import type { Draft } from './rule.ts';
import type { CodeScene, Scene } from './scene.ts';
import type { EndpointUse } from './touchpoints.ts';
import { isSource } from './candidates.ts';
import { shimModule } from './values.ts';

/** Files that import the shim or one of its entries, after the plan or already. @param before what was found so far. */
export function filesOnShim(scene: Scene, before: readonly Draft[]): ReadonlySet<string> {
  const edited = before
    .filter((draft) => isSource(draft.file) && draft.edits?.some((edit) => edit.text.includes(shimModule)) === true)
    .map((draft) => draft.file);
  const already = [...scene.files.keys()].filter((file) =>
    scene.graph.specifiersOf(file).some((name) => name.startsWith(`${shimModule}/`)),
  );
  return new Set([...(scene.code?.swaps.onShim ?? []), ...edited, ...already]);
}

/** The path of the file that a node stands in. */
export function fileOf(code: CodeScene, node: ts.Node): string | undefined {
  return code.project.fileOf(node)?.file;
}

/** Whether a call goes through the shim once the plan is written. */
export function isThroughShim(code: CodeScene, { client }: EndpointUse): boolean {
  const home = client === undefined ? undefined : fileOf(code, client.site);
  return home !== undefined && code.swaps.onShim.has(home);
}
