import type { Check, CheckId } from '../check.ts';
import type { Provenance } from '@migrate-llm/shim/exchange';
import type { ExchangeResult, Obstacle } from '../result.ts';
import { kindOf } from './metric.ts';

/** What both sides did at one prompt: how often they were asked, and how often the check held. */
export interface PromptCounts {
  asked: number;
  held: number;
  oldAsked: number;
  oldHeld: number;
}

/** All that a verdict needs to know of a call site; the answers themselves are not kept. */
export interface SiteTally {
  readonly callSite: string;
  readonly prompts: ReadonlySet<string>;
  readonly exchanges: number;
  /** The candidate's answers that were compared. */
  readonly compared: number;
  /** Exchanges of the candidate that have a failed check. */
  readonly failed: number;
  readonly repeats: number;
  /** Answers of the candidate to requests that OpenAI answered. */
  readonly answered: number;
  readonly unanswered: number;
  readonly firstUnanswered: string | undefined;
  readonly freeText: number;
  readonly evidence: Readonly<Record<Provenance, number>>;
  /** Failures of what the app relies on in every answer, by check. */
  readonly broken: ReadonlyMap<CheckId, number>;
  /** Failures of behaviour on made-up recordings, which have no noise to excuse them. */
  readonly brokenPromises: ReadonlyMap<CheckId, number>;
  readonly metrics: ReadonlyMap<CheckId, ReadonlyMap<string, Readonly<PromptCounts>>>;
  readonly open: readonly Obstacle[];
}

interface Growing extends SiteTally {
  prompts: Set<string>;
  exchanges: number;
  compared: number;
  failed: number;
  repeats: number;
  answered: number;
  unanswered: number;
  firstUnanswered: string | undefined;
  freeText: number;
  evidence: Record<Provenance, number>;
  broken: Map<CheckId, number>;
  brokenPromises: Map<CheckId, number>;
  metrics: Map<CheckId, Map<string, PromptCounts>>;
  open: Obstacle[];
}

/** Counts results one by one, so that memory grows with the prompts and not with the answers. */
export interface Tally {
  readonly add: (result: ExchangeResult) => void;
  /** By call site, in the order of their names. */
  readonly sites: () => readonly SiteTally[];
}

/** Opens an empty tally. */
export function createTally(): Tally {
  const sites = new Map<string, Growing>();
  return {
    add: (result) => {
      const site = sites.get(result.callSite) ?? openSite(result.callSite);
      sites.set(result.callSite, site);
      if (result.repeat === null) countCandidate(site, result);
      else site.repeats += 1;
      countMetrics(site, result);
    },
    sites: () => {
      for (const site of sites.values()) site.open.sort((a, b) => (a.reason < b.reason ? -1 : 1));
      return [...sites.values()].sort((a, b) => (a.callSite < b.callSite ? -1 : 1));
    },
  };
}

function openSite(callSite: string): Growing {
  return {
    callSite,
    prompts: new Set(),
    exchanges: 0,
    compared: 0,
    failed: 0,
    repeats: 0,
    answered: 0,
    unanswered: 0,
    firstUnanswered: undefined,
    freeText: 0,
    evidence: { recorded: 0, documented: 0, synthetic: 0 },
    broken: new Map(),
    brokenPromises: new Map(),
    metrics: new Map(),
    open: [],
  };
}

function countCandidate(site: Growing, result: ExchangeResult): void {
  const { checks, obstacle, isError } = result;
  site.exchanges += 1;
  site.evidence[result.provenance] += 1;
  site.prompts.add(result.prompt);
  if (obstacle?.open === true) site.open.push(obstacle);
  if (checks.some(({ verdict }) => verdict === 'PASS')) site.compared += 1;
  if (checks.some(({ verdict }) => verdict === 'FAIL')) site.failed += 1;
  const refused = checks.find(({ check }) => check === 'answered');
  if (refused !== undefined) {
    site.unanswered += 1;
    // The first by name, so that the order of results does not matter.
    if (site.firstUnanswered === undefined || refused.got < site.firstUnanswered) site.firstUnanswered = refused.got;
  } else if (!isError && checks.length > 0) {
    site.answered += 1;
    if (result.isFreeText) site.freeText += 1;
  }
  for (const check of new Set(checks.filter(({ verdict }) => verdict === 'FAIL').map((failed) => failed.check))) {
    if (kindOf(check) === 'wire') site.broken.set(check, (site.broken.get(check) ?? 0) + 1);
    else if (result.provenance !== 'recorded')
      site.brokenPromises.set(check, (site.brokenPromises.get(check) ?? 0) + 1);
  }
}

function countMetrics(site: Growing, { checks, prompt, repeat }: ExchangeResult): void {
  const held = new Map<CheckId, boolean>();
  for (const check of checks) {
    if (kindOf(check.check) === 'wire' || !isCounted(check)) continue;
    held.set(check.check, (held.get(check.check) ?? true) && holds(check.verdict));
    // A check that both sides can fail by themselves says how the recorded answer did.
    if (check.recorded !== undefined && repeat === null)
      count(site, check.check, prompt, (counts) => {
        counts.oldAsked += 1;
        counts.oldHeld += check.recorded === 'PASS' ? 1 : 0;
      });
  }
  for (const [check, good] of held)
    count(site, check, prompt, (counts) => {
      if (repeat === null) {
        counts.asked += 1;
        counts.held += good ? 1 : 0;
      } else {
        counts.oldAsked += 1;
        counts.oldHeld += good ? 1 : 0;
      }
    });
}

function count(site: Growing, check: CheckId, prompt: string, change: (counts: PromptCounts) => void): void {
  const prompts = site.metrics.get(check) ?? new Map<string, PromptCounts>();
  site.metrics.set(check, prompts);
  const counts = prompts.get(prompt) ?? { asked: 0, held: 0, oldAsked: 0, oldHeld: 0 };
  prompts.set(prompt, counts);
  change(counts);
}

const isCounted = ({ verdict }: Check): boolean => verdict !== 'INFO' && verdict !== 'NOT COMPARABLE';
/** A warning is something to look at, not a failure. */
const holds = (verdict: Check['verdict']): boolean => verdict === 'PASS' || verdict === 'WARN';
