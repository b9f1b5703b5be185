import { packageOf, type Action, type Finding, type MigrationPlan, type PlannedPackage } from '@migrate-llm/codemods';

/** What a plan does in one package. */
export interface PackageSummary {
  readonly package: PlannedPackage;
  readonly findings: readonly Finding[];
  /** Files that change. */
  readonly files: number;
  readonly counts: Readonly<Record<Action, number>>;
}

/** Sums a plan up by package, in the order of their folders. */
export function sumPackages(plan: MigrationPlan): PackageSummary[] {
  const folderOf = rememberFolders(plan);
  return plan.packages.map((one) => {
    const findings = plan.findings.filter(({ file }) => folderOf(file) === one.folder);
    const files = plan.changes.filter(({ file }) => folderOf(file) === one.folder).length;
    return { package: one, findings, files, counts: countActions(findings) };
  });
}

/** How many findings there are of each action. */
export function countActions(findings: readonly Finding[]): Record<Action, number> {
  const counts: Record<Action, number> = { rewrite: 0, manual: 0, leave: 0 };
  for (const { action } of findings) counts[action] += 1;
  return counts;
}

function rememberFolders({ packages }: MigrationPlan): (file: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, packageOf(packages, file)?.folder);
    return known.get(file);
  };
}
