import type { Dialect } from './dialect.ts';
import { findFamilies } from './families.ts';
import { extendDialect } from './layers.ts';
import { readRules, type TargetRules } from './target-rules.ts';

const settled = new WeakMap<object, Map<string, Dialect>>();

/** Adds the upper layers to a dialect: the model's family, then the user's rules. What was settled once is remembered. */
export function settleDialect(dialect: Dialect, model: string, rules: TargetRules | undefined): Dialect {
  const found = findFamilies(model);
  if (found.length === 0 && rules === undefined) return dialect;
  const owner = rules ?? dialect;
  const known = settled.get(owner) ?? new Map<string, Dialect>();
  settled.set(owner, known);
  const key = [dialect.id, ...found.map(({ id }) => id)].join(' ');
  let out = known.get(key);
  if (out === undefined) {
    out = found.reduce((below, { layer }) => extendDialect(below, layer), dialect);
    if (rules !== undefined) out = extendDialect(out, readRules(rules));
    known.set(key, out);
  }
  return out;
}
