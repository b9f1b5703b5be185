import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { html, writePage } from '@migrate-llm/compat-tests/reports';
import { handOver, isLeft, rules, type Action, type Finding, type MigrationPlan } from '@migrate-llm/codemods';
import { readVersion } from '../version.ts';
import { count } from '../word.ts';
import { describeDays, listDeadlines } from './deadlines.ts';
import { writeExcerpt, writeHtmlDiff } from './html-diff.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import type { Report } from './report.ts';
import { countActions, sumPackages, type PackageSummary } from './summary.ts';
import { listSupport } from './support.ts';

const words: Readonly<Record<Action, string>> = { rewrite: 'rewrite', manual: 'needs a person', leave: 'stays' };
const doneWords: Readonly<Record<Action, string>> = { ...words, rewrite: 'rewritten' };
/** Days in which a deadline is near. */
const soonDays = 90;

/** The plan as one HTML file that works from disk: no network, nothing runs but the script whose hash the page names. */
export function writeHtml(report: Report): string {
  const { plan, root, today, skipped } = report;
  const name = basename(root);
  const sums = sumPackages(plan);
  return writePage({
    title: `${name}: migration off OpenAI`,
    style,
    script,
    body: `${writeHead(report, name)}
${writeTools(plan)}
<div class="page">
<nav aria-label="Packages and files">${writeTree(sums)}</nav>
<main id="content">
<p id="nothing" class="none" hidden>No finding fits the filter.</p>
${writeDeadlines(plan.findings, today)}
${writeSupport(report)}
${writeReasons(plan)}
${sums.map((sum) => writePackage(sum, plan, report.outcome !== undefined)).join('\n')}
${writeSkipped(skipped)}
</main>
</div>`,
  });
}

function writeSupport(report: Report): string {
  const rows = listSupport(report).map(
    ({ feature, support, because, source, checked, findings }) =>
      `<tr><td>${support}</td><td><code>${html(feature)}</code></td><td class="number">${findings.length}</td><td>${html(because)}</td><td>${source === '' ? '' : `<a href="${html(source)}" rel="noreferrer">source</a> ${html(checked)}`}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<section>
<h2>What the calls use, at ${html(String(report.target))}</h2>
<table><thead><tr><th>At the target</th><th>Feature</th><th>Calls</th><th>Why</th><th>Where it says so</th></tr></thead><tbody>${rows.join('')}</tbody></table>
</section>`;
}

function writeHead({ plan, root, today, outcome }: Report, name: string): string {
  const counts = countActions(plan.findings);
  const shown = outcome === undefined ? words : doneWords;
  const chips = (['rewrite', 'manual', 'leave'] as const).map(
    (action) => `<li><b>${counts[action]}</b><span class="tag ${action}">${shown[action]}</span></li>`,
  );
  return `<header>
<h1>${html(name)}: migration off OpenAI</h1>
<p>${html(root)} · ${count(plan.filesScanned, 'file')} scanned · ${today} · migrate-llm ${html(readVersion())}</p>
<ul class="sums"><li><b>${plan.changes.length}</b>${plan.changes.length === 1 ? 'file' : 'files'} ${outcome === undefined ? 'to change' : 'changed'}</li>${chips.join('')}</ul>
</header>`;
}

function writeTools({ findings }: MigrationPlan): string {
  const used = rules.filter(({ id }) => findings.some(({ rule }) => rule === id));
  const options = used.map(({ id }) => `<option>${html(id)}</option>`).join('');
  const boxes = (['rewrite', 'manual', 'leave'] as const).map(
    (action) => `<label><input type="checkbox" value="${action}" checked>${words[action]}</label>`,
  );
  return `<div class="tools" role="search" hidden>
<input type="search" id="text" aria-label="Filter by text" placeholder="Filter: file, code, reason …" autocomplete="off" spellcheck="false">
<label>Rule <select id="rule"><option value="">all</option>${options}</select></label>
<fieldset aria-label="Show">${boxes.join('')}</fieldset>
<output id="shown" aria-live="polite"></output>
<span class="keys"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> next, previous <kbd>Esc</kbd> clear</span>
</div>`;
}

function writeTree(sums: readonly PackageSummary[]): string {
  const packs = sums.map((sum) => {
    const files = listFiles(sum);
    const items = files.map(
      ([file, findings]) =>
        `<li id="nav-${idOf(file)}"><a class="path" href="#${idOf(file)}">${html(shorten(file, sum.package.folder))} <span class="n">${findings.length}</span></a></li>`,
    );
    const folder = sum.package.folder === '' ? '' : ` <span class="n">${html(sum.package.folder)}</span>`;
    return `<details class="pack" open><summary>${html(sum.package.name)}${folder} <span class="n">${sum.findings.length}</span></summary><ul>${items.join('')}</ul></details>`;
  });
  return packs.join('\n');
}

function writeDeadlines(findings: readonly Finding[], today: string): string {
  const rows = listDeadlines(findings, today).map(({ date, of, source, days, findings: places }) => {
    const near = days < 0 ? 'past' : days <= soonDays ? 'soon' : 'leave';
    const link = source.startsWith('https://') ? `<a href="${html(source)}" rel="noreferrer">source</a>` : html(source);
    return `<tr><td>${html(date)}</td><td><span class="tag ${near}">${describeDays(days)}</span></td><td><code>${html(of)}</code></td><td class="num">${places.length}</td><td>${link}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<section aria-labelledby="deadlines"><h2 id="deadlines">What OpenAI turns off</h2><div class="scroll"><table>
<thead><tr><th>Date</th><th>Counted from ${html(today)}</th><th>What</th><th>Places</th><th>Where it says so</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div></section>`;
}

/** What is left, by reason: equal reasons with equal things to do are said once. */
function writeReasons({ findings }: MigrationPlan): string {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings.filter(isLeft)) {
    const key = JSON.stringify([finding.action, finding.rule, finding.why, finding.fix]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const order = (group: readonly Finding[]): number => (group[0]?.action === 'manual' ? 0 : 1);
  const blocks = [...groups.values()]
    .sort((a, b) => order(a) - order(b) || b.length - a.length)
    .map((group) => {
      const [first] = group as [Finding];
      const items = group.map(
        ({ id, file, line, what }) =>
          `<li data-of="f-${id}"><a class="path" href="#f-${id}">${html(file)}:${line}</a> ${html(what)}</li>`,
      );
      return `<div class="reason"><p><span class="tag ${first.action}">${words[first.action]}</span> ${html(first.why)}</p><p class="do">${html(first.fix)}</p><ul>${items.join('')}</ul></div>`;
    });
  if (blocks.length === 0) return '';
  return `<section aria-labelledby="left"><h2 id="left">What is left, by reason</h2>${blocks.join('\n')}</section>`;
}

function writePackage(sum: PackageSummary, plan: MigrationPlan, isDone: boolean): string {
  const files = listFiles(sum);
  if (files.length === 0) return '';
  const { name, folder, openai } = sum.package;
  const about = [folder, openai === undefined ? '' : `openai ${openai}`].filter((part) => part !== '').join(', ');
  const blocks = files.map(([file, findings]) => writeFile(file, findings, plan, isDone));
  return `<section class="package" aria-label="${html(name)}"><h2>${html(name)}${about === '' ? '' : ` <span class="meta">${html(about)}</span>`}</h2>${blocks.join('\n')}</section>`;
}

function writeFile(file: string, findings: readonly Finding[], plan: MigrationPlan, isDone: boolean): string {
  const change = plan.changes.find((one) => one.file === file);
  const counts = countActions(findings);
  const shown = isDone ? doneWords : words;
  const tags = (['rewrite', 'manual', 'leave'] as const)
    .filter((action) => counts[action] > 0)
    .map((action) => `<span class="tag ${action}">${counts[action]} ${shown[action]}</span>`);
  const isOpen = counts.rewrite + counts.manual > 0 ? ' open' : '';
  return `<details class="file" id="${idOf(file)}"${isOpen}><summary><span class="path">${html(file)}</span> ${tags.join(' ')}</summary><div class="body">
${findings.map((finding) => writeFinding(finding, plan, shown)).join('\n')}
${change === undefined ? '' : writeHtmlDiff(change)}</div></details>`;
}

function writeFinding(finding: Finding, plan: MigrationPlan, shown: Readonly<Record<Action, string>>): string {
  const { id, rule, file, line, action, confidence, what, why, fix, code, features, deadline } = finding;
  const parts = [
    `<div class="head"><span class="tag ${action}">${shown[action]}</span><h4>${html(what)}</h4><span class="meta">line ${line} · ${html(rule)}${confidence === 'certain' ? '' : ` · ${confidence}`} · ${html(id)}</span></div>`,
    `<p class="why">${html(why)}</p>`,
    ...(fix === '' ? [] : [`<p class="do">${html(fix)}</p>`]),
    ...(features === undefined
      ? []
      : [`<p class="meta">Uses ${features.map((name) => `<code>${html(name)}</code>`).join(', ')}</p>`]),
    ...(deadline === undefined ? [] : [`<p class="meta">Ends on ${html(deadline.date)}: ${html(deadline.of)}</p>`]),
    // A rewrite is seen in the diff.
    ...(action === 'rewrite' ? [] : [writeExcerpt(code)]),
    ...(isLeft(finding)
      ? [
          `<p class="meta">Done when ${handOver(finding, plan)
            .accept.map(
              ({ folder, command }) =>
                `<code>${html(command)}</code>${folder === '' ? '' : ` in <code>${html(folder)}</code>`}`,
            )
            .join(' and ')} succeed.</p>`,
        ]
      : []),
  ];
  return `<article class="finding" id="f-${html(id)}" tabindex="-1" data-rule="${html(rule)}" data-action="${action}" data-file="${html(file)}">${parts.join('')}</article>`;
}

function writeSkipped(skipped: Report['skipped']): string {
  if (skipped.length === 0) return '';
  const rows = skipped.map(({ file, why }) => `<tr><td class="path">${html(file)}</td><td>${html(why)}</td></tr>`);
  return `<section aria-labelledby="skipped"><h2 id="skipped">Not looked into (${skipped.length})</h2><div class="scroll"><table><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function listFiles({ findings }: PackageSummary): Array<[file: string, findings: Finding[]]> {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) files.set(finding.file, [...(files.get(finding.file) ?? []), finding]);
  return [...files];
}

function shorten(file: string, folder: string): string {
  return folder !== '' && file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

/** An anchor that no file name can break. */
function idOf(file: string): string {
  return `file-${createHash('sha256').update(file).digest('hex').slice(0, 12)}`;
}
