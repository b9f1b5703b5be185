import { parseDocument } from 'yaml';
import type { CheckId } from '../check.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { Measures } from '../measures/tally.ts';
import type { ParityReport } from '../parity.ts';
import { defaultRules, type SiteVerdict, type Verdict, type VerdictRules } from '../verdict/settle.ts';
import { isCheck } from '../verdict/metric.ts';

/** What must hold for a candidate to pass, as `gate.yaml` says it. */
export interface Gate {
  readonly rules: VerdictRules;
  /** The verdict to reach over all, and at single call sites. */
  readonly require: 'SAFE' | 'WIRE-SAFE';
  readonly sites: Readonly<Record<string, 'SAFE' | 'WIRE-SAFE'>>;
  /** Most that the candidate may take, as a share of what the old model took. */
  readonly limits: Readonly<Partial<Record<Limit, number>>>;
  /** When a canary goes back; see `createLiveGate`. */
  readonly live: { readonly agreement: number; readonly risk: number };
}

const limitNames = ['first-p50', 'first-p95', 'total-p50', 'total-p95', 'cost'] as const;
type Limit = (typeof limitNames)[number];

/** Thrown for a `gate.yaml` that cannot be used; the message says where and what is wrong. */
export class GateError extends Error {
  override readonly name = 'GateError';
}

/**
 * Reads a gate. Keys: `level` (risk of a wrong SAFE, 0.05), `require` (WIRE-SAFE), `margins` and `ignore` by check, `limits`, `live`, and `sites`, which may
 * have `require`, `margins` and `ignore` of their own. Throws {@link GateError}, for unknown keys too.
 */
export function parseGate(text: string, file: string): Gate {
  const document = parseDocument(text, { uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new GateError(`${file}: ${problem.message.split('\n')[0]}`);
  const root = readMap((document.toJS() as unknown) ?? {}, file);
  checkKeys(root, ['level', 'require', 'margins', 'ignore', 'limits', 'sites', 'live'], file);
  const margins = readMargins(root['margins'], `${file}: margins`);
  const ignore = readChecks(root['ignore'], `${file}: ignore`);
  const sites = Object.entries(readMap(root['sites'] ?? {}, `${file}: sites`)).map(([name, value]) => {
    const place = `${file}: sites.${name}`;
    const site = readMap(value, place);
    checkKeys(site, ['require', 'margins', 'ignore'], place);
    return {
      name,
      require: readVerdict(site['require'], `${place}.require`),
      margins: readMargins(site['margins'], `${place}.margins`),
      ignore: readChecks(site['ignore'], `${place}.ignore`),
    };
  });
  const siteOf = (callSite: string) => sites.find(({ name }) => name === callSite);
  const live = readMap(root['live'] ?? {}, `${file}: live`);
  checkKeys(live, ['agreement', 'risk'], `${file}: live`);
  return {
    rules: {
      level: readShare(root['level'] ?? defaultRules.level, `${file}: level`),
      marginOf: (callSite, check) => {
        const own = siteOf(callSite)?.margins;
        return own?.[check] ?? own?.['default'] ?? margins[check] ?? margins['default'];
      },
      isIgnored: (callSite, check) => ignore.includes(check) || siteOf(callSite)?.ignore.includes(check) === true,
    },
    require: readVerdict(root['require'], `${file}: require`) ?? 'WIRE-SAFE',
    sites: Object.fromEntries(sites.flatMap(({ name, require }) => (require === undefined ? [] : [[name, require]]))),
    limits: readLimits(root['limits'], `${file}: limits`),
    live: {
      agreement: readShare(live['agreement'] ?? 0.9, `${file}: live.agreement`),
      risk: readShare(live['risk'] ?? 0.05, `${file}: live.risk`),
    },
  };
}

/** Names what of a gate a report does not reach, one line each; `[]` when it passes. */
export function findBreaches(report: ParityReport, gate: Gate): string[] {
  const short = (verdict: Verdict, wanted: 'SAFE' | 'WIRE-SAFE'): boolean =>
    verdict !== 'SAFE' && !(verdict === 'WIRE-SAFE' && wanted === 'WIRE-SAFE');
  const sites = Object.entries(gate.sites).flatMap(([name, wanted]) => {
    const site: SiteVerdict | undefined = report.sites.find(({ callSite }) => callSite === name);
    if (site === undefined) return [`${name}: the gate asks for ${wanted}, and the traffic has no such call site`];
    return short(site.verdict, wanted) ? [`${name} is ${site.verdict}, and the gate asks for ${wanted}`] : [];
  });
  return [
    ...(short(report.verdict, gate.require)
      ? [`the verdict is ${report.verdict}, and the gate asks for ${gate.require}`]
      : []),
    ...sites,
    ...findExcesses(report.measures, gate.limits),
  ];
}

function findExcesses(measures: Measures, limits: Gate['limits']): string[] {
  return limitNames.flatMap((name) => {
    const limit = limits[name];
    if (limit === undefined) return [];
    const [old, candidate] = readSides(measures, name);
    if (old === null || candidate === null || old === 0)
      return [
        `${name} was not measured on both sides${name === 'cost' ? ' (a price is unknown)' : ''}, and the gate limits it`,
      ];
    const ratio = candidate / old;
    return ratio > limit ? [`${name} is ${ratio.toFixed(2)} times the old model's, and the gate allows ${limit}`] : [];
  });
}

function readSides({ firstMs, totalMs, cost }: Measures, name: Limit): readonly [number | null, number | null] {
  if (name === 'cost') return [cost.old.dollars, cost.candidate.dollars];
  const { old, candidate } = name.startsWith('first') ? firstMs : totalMs;
  if (old.count === 0) return [null, null];
  return name.endsWith('p50') ? [old.p50, candidate.p50] : [old.p95, candidate.p95];
}

function readMap(value: unknown, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new GateError(`${place} must be a mapping of keys`);
}

function checkKeys(value: JsonObject, known: readonly string[], place: string): void {
  const surplus = Object.keys(value).find((key) => !known.includes(key));
  if (surplus !== undefined)
    throw new GateError(`${place} has an unknown key "${surplus}"; known are ${known.join(', ')}`);
}

function readShare(value: unknown, place: string): number {
  if (typeof value === 'number' && value > 0 && value < 1) return value;
  throw new GateError(`${place} is ${JSON.stringify(value)}; it must be a number between 0 and 1`);
}

function readVerdict(value: unknown, place: string): 'SAFE' | 'WIRE-SAFE' | undefined {
  if (value === undefined || value === 'SAFE' || value === 'WIRE-SAFE') return value;
  throw new GateError(`${place} is ${JSON.stringify(value)}; it must be SAFE or WIRE-SAFE`);
}

function readMargins(value: unknown, place: string): Readonly<Record<string, number>> {
  const margins = readMap(value ?? {}, place);
  return Object.fromEntries(
    Object.entries(margins).map(([check, margin]) => {
      if (check !== 'default' && !isCheck(check)) throw new GateError(`${place} has an unknown check "${check}"`);
      return [check, readShare(margin, `${place}.${check}`)];
    }),
  );
}

function readChecks(value: unknown, place: string): CheckId[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new GateError(`${place} must be a list of checks`);
  return value.map((check: unknown) => {
    if (typeof check === 'string' && isCheck(check)) return check;
    throw new GateError(`${place} has an unknown check ${JSON.stringify(check)}`);
  });
}

function readLimits(value: unknown, place: string): Gate['limits'] {
  const limits = readMap(value ?? {}, place);
  checkKeys(limits, limitNames, place);
  for (const [name, limit] of Object.entries(limits))
    if (!(typeof limit === 'number' && limit > 0)) throw new GateError(`${place}.${name} must be a number above 0`);
  return limits as Gate['limits'];
}
