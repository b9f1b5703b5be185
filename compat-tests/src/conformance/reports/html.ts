import { writePage } from '../../reports/page.ts';
import { html } from '../../reports/text.ts';
import { type Change, changes, type ComparedCase, type Comparison } from '../compare.ts';
import { type CaseResult, type CaseVerdict, caseVerdicts } from '../result.ts';
import { countCapabilities, listUsedVerdicts } from './capability-table.ts';
import { collectEvidence } from './evidence.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import { countOf, describeOutcome, describeRun, describeStanding, type Tone, tones, ways } from './words.ts';

const changeTones: Readonly<Record<Change, Tone>> = {
  broken: 'bad',
  undecided: 'warn',
  flaky: 'warn',
  'still failing': 'bad',
  healed: 'good',
  same: 'soft',
};

/** One report, or several side by side, as one HTML file: the matrix, and each case down to requests, answers and expectations. */
export function writeConformanceHtml(comparison: Comparison): string {
  const { reports, cases } = comparison;
  const title = `Conformance: ${reports.map(({ label }) => label).join(' → ')}`;
  return writePage({
    title,
    style,
    script,
    data: collectEvidence(comparison),
    body: `${writeHead(comparison, title)}
${writeTools(comparison)}
<main id="content">
${reports.length > 1 ? writeSideBySide(comparison) : writeMatrix(comparison)}
<section aria-labelledby="cases"><h2 id="cases">Cases</h2>
<p id="nothing" class="none" hidden>No case fits the filter.</p>
${writeCases(cases, reports.length)}
</section>
</main>`,
  });
}

function writeHead({ reports, counts, cautions }: Comparison, title: string): string {
  const isOne = reports.length === 1;
  const runs = reports.map((report) => {
    const { label, endpoint, counts: own } = report;
    const software = endpoint.software === null ? '' : ` · ${html(endpoint.software)}`;
    const chips = listUsedVerdicts(own).map(
      (verdict) => `<li><b>${own[verdict]}</b>${tag(tones[verdict], verdict)}</li>`,
    );
    return `<div class="run">${isOne ? '' : `<h2>${html(label)}</h2>`}<p>${html(endpoint.baseURL)} · ${html(endpoint.model)} · ${ways[endpoint.via]}${software}</p>
<p>${html(describeRun(report))}</p><p class="outcome">${html(describeOutcome(report))}</p><ul class="sums">${chips.join('')}</ul></div>`;
  });
  const sums = changes
    .filter((change) => counts[change] > 0)
    .map((change) => `<li><b>${counts[change]}</b>${tag(changeTones[change], change)}</li>`);
  return `<header>
<h1>${html(title)}</h1>
${isOne ? '' : `<p>From the first column to the last:</p><ul class="sums">${sums.join('')}</ul>`}
${(isOne ? [] : cautions).map((caution) => `<p class="do">${html(caution)}</p>`).join('')}
<div class="runs">${runs.join('')}</div>
</header>`;
}

function writeTools({ reports, cases }: Comparison): string {
  const capabilities = [...new Set(cases.map(({ capability }) => capability))];
  const last = new Set(cases.map((row) => verdictOf(row)));
  const boxes = caseVerdicts
    .filter((verdict) => last.has(verdict))
    .map((verdict) => `<label><input type="checkbox" value="${verdict}" checked>${verdict.toLowerCase()}</label>`);
  const change =
    reports.length === 1
      ? ''
      : `<label>Change <select id="change"><option value="">all</option>${changes.map((one) => `<option>${one}</option>`).join('')}</select></label>`;
  return `<div class="tools" role="search" hidden>
<input type="search" id="text" aria-label="Filter by text" placeholder="Filter: id, title, reason, client …" autocomplete="off" spellcheck="false">
<label>Capability <select id="capability"><option value="">all</option>${capabilities.map((name) => `<option>${html(name)}</option>`).join('')}</select></label>
<label>Level <select id="level"><option value="">all</option><option>must</option><option>should</option><option>info</option></select></label>
${change}
<fieldset aria-label="Verdict${reports.length > 1 ? ' of the last column' : ''}">${boxes.join('')}</fieldset>
<output id="shown" aria-live="polite"></output>
<span class="keys"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> next, previous <kbd>Enter</kbd> open <kbd>Esc</kbd> clear</span>
</div>`;
}

function writeMatrix({ reports, cases }: Comparison): string {
  const [report] = reports;
  if (report === undefined || cases.length === 0) return '';
  const used = listUsedVerdicts(report.counts);
  const rows = countCapabilities(resultsOf(cases, 0)).map(({ capability, counts, total }) => {
    const cells = used.map((verdict) =>
      counts[verdict] === 0
        ? '<td class="num none">·</td>'
        : `<td class="num"><button type="button" class="cell ${tones[verdict]}" data-capability="${html(capability)}" data-verdict="${verdict}" aria-label="${html(capability)}: ${counts[verdict]} ${verdict}">${counts[verdict]}</button></td>`,
    );
    return `<tr><th scope="row">${html(capability)}</th><td class="bars">${writeBar(counts, total)}</td>${cells.join('')}</tr>`;
  });
  return `<section aria-labelledby="matrix"><h2 id="matrix">Capabilities</h2><div class="scroll"><table class="matrix">
<thead><tr><th scope="col">Capability</th><th scope="col"></th>${used.map((verdict) => `<th scope="col" class="num">${verdict}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div></section>`;
}

function writeSideBySide({ reports, cases }: Comparison): string {
  const names = [...new Set(cases.map(({ capability }) => capability))];
  const columns = reports.map(
    (_report, at) => new Map(countCapabilities(resultsOf(cases, at)).map((one) => [one.capability, one])),
  );
  const rows = names.map((capability) => {
    const cells = columns.map((column) => {
      const found = column.get(capability);
      if (found === undefined) return '<td class="none">not in this report</td>';
      const parts = listUsedVerdicts(found.counts).map(
        (verdict) => `${found.counts[verdict]} ${verdict.toLowerCase()}`,
      );
      return `<td class="bars">${writeBar(found.counts, found.total)}<span class="meta">${parts.join(', ')}</span></td>`;
    });
    const own = cases.filter((row) => row.capability === capability);
    const buttons = changes.flatMap((change) => {
      const count = own.filter((row) => row.change === change).length;
      if (count === 0 || change === 'same') return [];
      return [
        `<button type="button" class="cell ${changeTones[change]}" data-capability="${html(capability)}" data-change="${change}">${count} ${change}</button>`,
      ];
    });
    return `<tr><th scope="row">${html(capability)}</th>${cells.join('')}<td>${buttons.join(' ') || '<span class="none">no change</span>'}</td></tr>`;
  });
  return `<section aria-labelledby="matrix"><h2 id="matrix">Capabilities, side by side</h2><div class="scroll"><table class="matrix">
<thead><tr><th scope="col">Capability</th>${reports.map(({ label }) => `<th scope="col">${html(label)}</th>`).join('')}<th scope="col">First to last</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div></section>`;
}

function writeBar(counts: Readonly<Record<CaseVerdict, number>>, total: number): string {
  const parts = listUsedVerdicts(counts).map(
    (verdict) =>
      `<i class="${tones[verdict]}${verdict === 'FLAKY' ? ' hatched' : ''}" style="flex:${counts[verdict]}"></i>`,
  );
  return `<span class="bar" role="img" aria-label="${counts.PASS} of ${total} pass">${parts.join('')}</span>`;
}

function writeCases(cases: readonly ComparedCase[], columns: number): string {
  const groups = new Map<string, Array<readonly [ComparedCase, number]>>();
  for (const [at, row] of cases.entries())
    groups.set(row.capability, [...(groups.get(row.capability) ?? []), [row, at]]);
  return [...groups]
    .map(
      ([capability, rows]) =>
        `<section class="group" aria-label="${html(capability)}"><h3>${html(capability)} <span class="meta shown">${countOf(rows.length, 'case')}</span></h3>${rows.map(([row, at]) => writeCase(row, at, columns)).join('\n')}</section>`,
    )
    .join('\n');
}

function writeCase(row: ComparedCase, at: number, columns: number): string {
  const { id, level, kind, title, results, change, capability, source } = row;
  const tags = results.map((result) =>
    result === null ? tag('soft', 'not there') : tag(tones[result.verdict], result.verdict),
  );
  const changed = columns === 1 ? '' : tag(changeTones[change], change);
  const parts = results.map((result, column) => writeResult(result, column));
  return `<details class="case" id="${html(id)}" data-at="${at}" data-level="${level}" data-verdict="${verdictOf(row)}" data-change="${change}" data-capability="${html(capability)}"><summary><code>${html(id)}</code><span class="title">${html(title)}</span><span class="meta">${level} · ${kind}</span><span class="verdicts">${tags.join(columns > 1 ? '<span aria-hidden="true">→</span>' : '')}</span>${changed}</summary>
<div class="body"><div class="columns">${parts.join('')}</div><p class="meta">Source: ${html(source)}</p></div></details>`;
}

function writeResult(result: CaseResult | null, column: number): string {
  if (result === null)
    return `<div class="result" data-column="${column}"><p class="none">This report does not have the case.</p></div>`;
  const { verdict, reason, fix, hurts, gap } = result;
  return `<div class="result" data-column="${column}"><p>${tag(tones[verdict], verdict)} <span class="meta">${describeStanding(result)} · ${result.durationMs} ms</span></p>
${reason === '' ? '' : `<p>${html(reason)}</p>`}${hurts.length === 0 || verdict === 'PASS' ? '' : `<p class="meta">Hurts: ${html(hurts.join(', '))}</p>`}${gap === null ? '' : `<p class="meta">Known of ${html(gap.dialect)}: ${html(gap.reason)} (${html(gap.source)})</p>`}${fix === '' ? '' : `<p class="do">${html(fix)}</p>`}
<div class="evidence"></div></div>`;
}

function resultsOf(cases: readonly ComparedCase[], column: number): CaseResult[] {
  return cases.flatMap(({ results }) => results[column] ?? []);
}

function verdictOf({ results }: ComparedCase): CaseVerdict | '' {
  return results.at(-1)?.verdict ?? '';
}

function tag(tone: Tone, text: string): string {
  return `<span class="tag ${tone}">${text}</span>`;
}
