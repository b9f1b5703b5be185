import { isObject, parseJson } from '../json.ts';
import { caseVerdicts, type ConformanceReport } from './result.ts';

/** A file that holds no report of the conformance suite. The message is one line for the user. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

/**
 * Reads a report as `verify` writes it in JSON.
 * @param name what the text is called in errors, e.g. the file. Throws `ReportError`.
 */
export function parseReport(text: string, name: string): ConformanceReport {
  const report = parseJson(text.replace(/^\uFEFF/, ''));
  const wrong = findMistake(report);
  if (wrong !== undefined)
    throw new ReportError(`${name} ${wrong}; write one with migrate-llm verify --base-url … --json ${name}`);
  return report as ConformanceReport;
}

function findMistake(report: unknown): string | undefined {
  if (!isObject(report)) return 'is no JSON report';
  if (report['kind'] !== 'conformance') return `is no conformance report (its kind is ${say(report['kind'])})`;
  if (report['v'] !== 1) return `is of version ${say(report['v'])}; this version reads 1`;
  const { endpoint, results, counts, ceilings, spent } = report;
  for (const [key, value] of Object.entries({ endpoint, counts, ceilings, spent }))
    if (!isObject(value)) return `has no ${key}`;
  for (const key of ['startedAt', 'profile']) if (typeof report[key] !== 'string') return `has no ${key}`;
  for (const key of ['name', 'via', 'baseURL', 'model'])
    if (typeof (endpoint as Record<string, unknown>)[key] !== 'string') return `has no endpoint.${key}`;
  if (!Array.isArray(results)) return 'has no results';
  const seen = new Set<unknown>();
  for (const [at, result] of results.entries()) {
    const mistake = findResultMistake(result);
    if (mistake !== undefined) return `has a mistake at results[${at}]: ${mistake}`;
    const { id } = result as { readonly id: string };
    if (seen.has(id)) return `has two results of ${id}`;
    seen.add(id);
  }
  return undefined;
}

function findResultMistake(result: unknown): string | undefined {
  if (!isObject(result)) return 'it is no object';
  for (const key of ['id', 'capability', 'level', 'kind', 'title', 'source', 'reason', 'fix'])
    if (typeof result[key] !== 'string') return `it has no ${key}`;
  if (!caseVerdicts.some((verdict) => verdict === result['verdict'])) return `its verdict is ${say(result['verdict'])}`;
  for (const key of ['hurts', 'attempts']) if (!Array.isArray(result[key])) return `it has no ${key}`;
  const attempts = result['attempts'] as readonly unknown[];
  const whole = attempts.every(
    (attempt) =>
      isObject(attempt) &&
      Array.isArray(attempt['expectations']) &&
      attempt['expectations'].every(isObject) &&
      Array.isArray(attempt['exchanges']) &&
      attempt['exchanges'].every((seen) => isObject(seen) && isObject(seen['request'])),
  );
  return whole ? undefined : 'an attempt has no expectations or exchanges';
}

function say(value: unknown): string {
  return JSON.stringify(value) ?? 'missing';
}
