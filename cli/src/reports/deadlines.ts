import type { Finding } from '@migrate-llm/codemods';

/** A day on which OpenAI turns something off that the folder uses. */
export interface DeadlineRow {
  /** ISO date. */
  readonly date: string;
  readonly of: string;
  readonly source: string;
  /** Days from today; negative when the day has passed. */
  readonly days: number;
  readonly findings: readonly Finding[];
}

const dayMs = 86_400_000;

/** The deadlines of the findings, the nearest first. @param today ISO date. */
export function listDeadlines(findings: readonly Finding[], today: string): DeadlineRow[] {
  const rows = new Map<string, DeadlineRow & { findings: Finding[] }>();
  for (const finding of findings) {
    if (finding.deadline === undefined) continue;
    const { date, of, source } = finding.deadline;
    const key = `${date} ${of}`;
    const days = Math.round((Date.parse(date) - Date.parse(today)) / dayMs);
    const row = rows.get(key) ?? { date, of, source, days, findings: [] };
    row.findings.push(finding);
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.of < b.of ? -1 : 1));
}

/** "in 12 days", "today", "33 days ago". */
export function describeDays(days: number): string {
  if (days === 0) return 'today';
  const text = `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'}`;
  return days > 0 ? `in ${text}` : `${text} ago`;
}
