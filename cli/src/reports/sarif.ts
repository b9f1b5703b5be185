import { pathToFileURL } from 'node:url';
import { rules, type Action, type Finding } from '@migrate-llm/codemods';
import { readVersion } from '../version.ts';
import type { Report } from './report.ts';

const levels: Readonly<Record<Action, 'warning' | 'note'>> = { rewrite: 'warning', manual: 'warning', leave: 'note' };

/**
 * The findings as SARIF 2.1.0, one run.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, checked 2026-11-25.
 */
export function writeSarif({ plan, skipped, root }: Report): string {
  const index = new Map(rules.map(({ id }, position) => [id, position]));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'migrate-llm',
            version: readVersion(),
            rules: rules.map(({ id, summary, why }) => ({
              id,
              shortDescription: { text: summary },
              fullDescription: { text: why },
              help: { text: `migrate-llm explain ${id}` },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` } },
        results: plan.findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: index.get(finding.rule) ?? -1,
          level: levels[finding.action],
          message: { text: messageOf(finding) },
          locations: [{ physicalLocation: placeOf(finding) }],
          partialFingerprints: { 'migrateLlmFinding/v1': finding.id },
          properties: propertiesOf(finding),
        })),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: skipped.map(({ file, why }) => ({
              level: 'warning',
              message: { text: why },
              locations: [{ physicalLocation: { artifactLocation: artifactOf(file) } }],
            })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function messageOf({ what, why, fix, action }: Finding): string {
  const parts = [`${what}: ${why}`, ...(fix === '' ? [] : [`To do: ${fix}`])];
  if (action === 'rewrite') parts.push('migrate-llm --write changes it.');
  return parts.join(' ');
}

function propertiesOf({ action, confidence, features, deadline }: Finding): Record<string, unknown> {
  return {
    action,
    confidence,
    ...(features === undefined ? {} : { features }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

function placeOf({ file, line, column, code }: Finding): Record<string, unknown> {
  return {
    artifactLocation: artifactOf(file),
    region: { startLine: line, startColumn: column },
    contextRegion: {
      startLine: code.line,
      endLine: code.line + code.lines.length - 1,
      snippet: { text: code.lines.join('\n') },
    },
  };
}

function artifactOf(file: string): { uri: string; uriBaseId: string } {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'ROOT' };
}
