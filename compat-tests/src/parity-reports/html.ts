import type { ParityReport } from '../parity.ts';
import { describeEvidence } from '../recording.ts';
import { writePage } from '../reports/page.ts';
import { html } from '../reports/text.ts';
import type { ExchangeResult } from '../result.ts';
import type { SiteVerdict } from '../verdict/settle.ts';
import { drawDifference, drawShares, drawSpreads } from './plots.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import { describeCost, describeCount, toneOf, worstOf } from './words.ts';

/** Writes a report as one HTML file: the verdict, the figures by call site, times and costs, and both answers of each exchange side by side. */
export function writeParityHtml(report: ParityReport): string {
  const results = report.results.filter(({ repeat }) => repeat === null);
  const title = `Parity: ${report.candidate}`;
  return writePage({
    title,
    style,
    script,
    data: results.map(({ id, said, checks, obstacle, notes }) => ({ id, said, checks, obstacle, notes })),
    body: `<header>
<h1>${html(title)}</h1>
<p class="verdict">${tag(toneOf(report.verdict), report.verdict)} ${html(report.reason)}.</p>
<p>${html(describeEvidence(report.evidence))} · ${html(report.startedAt)}</p>
</header>
${writeTools(results)}
<main id="content">
${writeSites(report.sites)}
${writeMeasures(report)}
<section aria-labelledby="exchanges"><h2 id="exchanges">Exchanges</h2>
${report.omitted > 0 ? `<p class="do">${report.omitted} more are in the file of results; those that need a look come first.</p>` : ''}
<p id="nothing" class="none" hidden>No exchange fits the filter.</p>
${results.map(writeExchange).join('\n')}
</section>
</main>`,
  });
}

function tag(tone: string, text: string): string {
  return `<span class="tag ${tone}">${html(text)}</span>`;
}

function writeTools(results: readonly ExchangeResult[]): string {
  const sites = [...new Set(results.map(({ callSite }) => callSite))].sort();
  const worst = [...new Set(results.map(worstOf))];
  return `<div class="tools" hidden>
<input type="search" id="text" placeholder="Filter by id, check or text" aria-label="Filter by id, check or text">
<select id="site" aria-label="Call site"><option value="">every call site</option>${sites.map((site) => `<option>${html(site)}</option>`).join('')}</select>
<fieldset aria-label="Verdict">${worst.map((one) => `<label><input type="checkbox" value="${html(one)}" checked>${html(one)}</label>`).join('')}</fieldset>
<output id="shown"></output>
<button type="button" id="export">Save the failing ones as test cases</button>
<span class="keys"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>/</kbd> filters</span>
</div>`;
}

function writeSites(sites: readonly SiteVerdict[]): string {
  const spans = sites.flatMap(({ metrics }) =>
    metrics.flatMap(({ difference, margin }) =>
      difference === null ? [] : [Math.abs(difference.low), Math.abs(difference.high), margin],
    ),
  );
  const scale = Math.min(1, Math.max(0.1, ...spans) * 1.05);
  const rows = sites.map(({ callSite, verdict, reason, exchanges, prompts, repeats, metrics }) => {
    const [first, ...rest] = metrics.map(
      (metric) =>
        `<td>${html(metric.check)}</td><td>${drawShares(metric)}</td><td class="num">${metric.candidate.held}/${metric.candidate.asked}</td><td class="num">${
          metric.oldModel === null ? '–' : `${metric.oldModel.held}/${metric.oldModel.asked}`
        }</td><td>${drawDifference(metric, scale)}</td><td class="num">${(metric.margin * 100).toFixed(1)}</td>`,
    );
    const span = Math.max(1, metrics.length);
    return `<tbody><tr><th rowspan="${span}" scope="rowgroup">${html(callSite)}<br>${tag(toneOf(verdict), verdict)}<p>${html(reason)}</p><p class="none">${describeCount(exchanges, 'exchange')}, ${describeCount(prompts, 'prompt')}, ${describeCount(repeats, 'repeat')}</p></th>${
      first ?? '<td colspan="6" class="none">Only shapes and errors are compared here.</td>'
    }</tr>${rest.map((cells) => `<tr>${cells}</tr>`).join('')}</tbody>`;
  });
  return `<section aria-labelledby="sites"><h2 id="sites">By call site</h2>
<p class="legend"><span class="key old"></span>old model, asked again <span class="key new"></span>candidate <span class="none">difference in points of ±${(scale * 100).toFixed(0)}, with its 95 % interval; dashed: the margin</span></p>
<div class="scroll"><table class="sites"><thead><tr><th>Call site</th><th>Check</th><th>Share that holds</th><th>Candidate</th><th>Old model</th><th>Difference</th><th>Margin</th></tr></thead>
${rows.join('\n')}</table></div></section>`;
}

function writeMeasures({ measures }: ParityReport): string {
  const { firstMs, totalMs, promptTokens, completionTokens, cost, metered, longestPrompt } = measures;
  return `<section aria-labelledby="measures"><h2 id="measures">Times, tokens and costs</h2>
<p class="none">Times of a recording and of a run are often taken on different networks and machines.</p>
<div class="plots">${drawSpreads('Time to the first piece of a stream', 'ms', firstMs.old, firstMs.candidate)}${drawSpreads('Time to the end of an answer', 'ms', totalMs.old, totalMs.candidate)}</div>
<div class="scroll"><table><thead><tr><th>${describeCount(metered, 'exchange')} with tokens of both sides</th><th>Old model</th><th>Candidate</th></tr></thead>
<tr><td>Tokens of the requests, each by its own tokenizer</td><td class="num">${promptTokens.old}</td><td class="num">${promptTokens.candidate}</td></tr>
<tr><td>Tokens of the answers</td><td class="num">${completionTokens.old}</td><td class="num">${completionTokens.candidate}</td></tr>
<tr><td>Cost</td><td>${html(describeCost(cost.old))}</td><td>${html(describeCost(cost.candidate))}</td></tr>
<tr><td>Longest request, in the candidate's tokens</td><td class="num">–</td><td class="num">${longestPrompt}</td></tr></table></div></section>`;
}

function writeExchange(result: ExchangeResult, at: number): string {
  const worst = worstOf(result);
  const failed = result.checks
    .filter(({ verdict }) => verdict !== 'PASS' && verdict !== 'INFO')
    .map(({ check }) => check);
  return `<details class="exchange" data-at="${at}" data-site="${html(result.callSite)}" data-verdict="${html(worst)}"><summary>${tag(toneOf(worst), worst)} <span class="path">${html(result.id)}</span> ${html(result.callSite)} <span class="none">${html(result.obstacle?.reason ?? [...new Set(failed)].join(', '))}</span></summary></details>`;
}
