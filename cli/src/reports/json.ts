import { handOver, isLeft } from '@migrate-llm/codemods';
import { writeDiff } from '../diff.ts';
import { plainColors } from '../terminal.ts';
import { describeDays, listDeadlines } from './deadlines.ts';
import type { Report } from './report.ts';
import { sumPackages } from './summary.ts';
import { listSupport } from './support.ts';

/** The plan as JSON, version 1: findings, diffs, and under `left` each open touchpoint with all it takes to finish it. */
export function writeJson({ plan, skipped, root, today, outcome, target }: Report): string {
  const report = {
    version: 1,
    root,
    written: outcome?.written ?? [],
    run: outcome?.id ?? null,
    ...(outcome === undefined ? {} : { broken: outcome.broken, types: outcome.types ?? null }),
    filesScanned: plan.filesScanned,
    packages: sumPackages(plan).map(({ package: one, files, counts }) => ({ ...one, files, ...counts })),
    deadlines: listDeadlines(plan.findings, today).map(({ findings, days, ...row }) => ({
      ...row,
      days,
      when: describeDays(days),
      findings: findings.map(({ id }) => id),
    })),
    target: target ?? null,
    support: listSupport({ plan, target }).map(({ findings, ...row }) => ({
      ...row,
      findings: findings.map(({ id }) => id),
    })),
    findings: plan.findings,
    left: plan.findings.filter(isLeft).map((finding) => handOver(finding, plan)),
    changes: plan.changes.map((change) => ({
      file: change.file,
      diff: writeDiff(change, { colors: plainColors, visible: false }),
    })),
    skipped,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
