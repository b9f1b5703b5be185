import { isObject, type WireObject } from '../wire.ts';

/** Finds what a reference inside a schema points to, `#/$defs/X`; `undefined` for anything else. */
export function followReference(root: WireObject, reference: string): unknown {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const key = decodePointer(part);
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isObject(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

function decodePointer(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // A percent sign that is none of an encoding stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
