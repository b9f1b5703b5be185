import { isObject, type JsonObject } from '../../json.ts';

/** Gives a place its new value: `undefined` takes it out, the old value leaves all as it is. */
export type Change = (old: unknown, owner: JsonObject) => unknown;

/**
 * Changes the places of a JSON value that a path names: keys between dots, `*` for every item of a list, a number for one item.
 * The last key may be absent, then the change gets `undefined`. Gives the same value back when nothing changed.
 */
export function editAt(value: unknown, path: string, change: Change): unknown {
  return edit(value, path.split('.'), change, {});
}

function edit(value: unknown, [step, ...rest]: readonly string[], change: Change, owner: JsonObject): unknown {
  if (step === undefined) return change(value, owner);
  if (Array.isArray(value)) {
    const list = value as unknown[];
    const edited = list.map((item, at) =>
      step === '*' || step === String(at) ? edit(item, rest, change, isObject(item) ? item : owner) : item,
    );
    if (edited.every((item, at) => item === list[at])) return list;
    return edited.filter((item) => item !== undefined);
  }
  if (!isObject(value) || (rest.length > 0 && !(step in value))) return value;
  const old = value[step];
  const edited = edit(old, rest, change, value);
  if (edited === old) return value;
  if (edited !== undefined) return { ...value, [step]: edited };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}

/** Sets a place, whatever was there. */
export function to(value: unknown): Change {
  return () => value;
}

/** Sets a place where there is something. */
export function instead(value: unknown): Change {
  return (old) => (old === undefined || old === null ? old : value);
}

/** Takes a place out. */
export const out: Change = () => undefined;
