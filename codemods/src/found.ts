import { createHash } from 'node:crypto';
import { excerptOf } from './excerpt.ts';
import type { Finding } from './finding.ts';
import { placeOf } from './place.ts';
import type { Found } from './rule.ts';

/** The findings of what the rules found, by place and with their ids. */
export function toFindings(found: readonly Found[], files: ReadonlyMap<string, string>): Finding[] {
  return nameFindings(found.map((one) => toFinding(one, files.get(one.file) ?? '')).sort(byPlace));
}

type Unnamed = Omit<Finding, 'id'>;

function toFinding(found: Found, text: string): Unnamed {
  const { rule, file, action, confidence, what, why, fix, subject = what, features, guide, deadline } = found;
  return {
    rule,
    file,
    ...placeOf(text, found.offset),
    action,
    confidence,
    what,
    subject,
    why,
    fix,
    code: excerptOf(text, found.offset, found.end),
    ...(features === undefined || features.length === 0 ? {} : { features }),
    ...(guide === undefined ? {} : { guide }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** Equal touchpoints of a file share the first ten digits and are numbered in the order of the file. */
function nameFindings(findings: readonly Unnamed[]): Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { rule, file, subject } = finding;
    const group = createHash('sha256').update([rule, file, subject].join('\0')).digest('hex').slice(0, 10);
    const nth = (seen.get(group) ?? 0) + 1;
    seen.set(group, nth);
    return { id: nth === 1 ? group : `${group}-${nth}`, ...finding };
  });
}

function byPlace(a: Unnamed, b: Unnamed): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule);
}

/** Orders texts by code units, the same everywhere. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
