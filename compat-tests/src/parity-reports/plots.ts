import type { Spread } from '../measures/tally.ts';
import { html } from '../reports/text.ts';
import type { MetricJudgement } from '../verdict/judge.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const points = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`;

/** Draws the difference of the sides with its interval, on a scale that all rows of a report share; the margin is the dashed line. */
export function drawDifference({ check, difference, margin }: MetricJudgement, scale: number): string {
  if (difference === null) return '<span class="none">not measured</span>';
  const [width, height] = [260, 22];
  const x = (share: number): number => Math.round((width / 2) * (1 + Math.max(-1, Math.min(1, share / scale))));
  const tone = difference.low >= -margin ? 'good' : difference.high < -margin ? 'bad' : 'warn';
  const said = `${check}: ${points(difference.mean)} points, 95 % interval ${points(difference.low)} to ${points(difference.high)}, margin ${points(-margin)}`;
  return `<svg class="interval ${tone}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(said)}"><title>${html(said)}</title>
<line class="axis" x1="${x(0)}" x2="${x(0)}" y1="1" y2="${height - 1}"/><line class="margin" x1="${x(-margin)}" x2="${x(-margin)}" y1="1" y2="${height - 1}"/>
<line class="range" x1="${x(difference.low)}" x2="${x(difference.high)}" y1="${height / 2}" y2="${height / 2}"/><circle cx="${x(difference.mean)}" cy="${height / 2}" r="4"/></svg>`;
}

/** Draws the share of both sides, each with its interval. */
export function drawShares({ candidate, oldModel }: MetricJudgement): string {
  const width = 160;
  const rows = [...(oldModel === null ? [] : [['old', oldModel] as const]), ['new', candidate] as const];
  const bars = rows.map(([side, share], at) => {
    const y = 4 + at * 11;
    const value = share.asked === 0 ? 0 : share.held / share.asked;
    return `<rect class="back" x="0" y="${y}" width="${width}" height="7"/><rect class="${side}" x="0" y="${y}" width="${Math.round(width * value)}" height="7"/>
<line class="range" x1="${Math.round(width * share.low)}" x2="${Math.round(width * share.high)}" y1="${y + 3.5}" y2="${y + 3.5}"/>`;
  });
  const said = rows
    .map(([side, { held, asked }]) => `${side} ${held} of ${asked} (${percent(asked === 0 ? 0 : held / asked)})`)
    .join(', ');
  return `<svg class="shares" width="${width}" height="${rows.length * 11 + 4}" role="img" aria-label="${html(said)}"><title>${html(said)}</title>${bars.join('')}</svg>`;
}

/** Draws how two spreads of one figure lie, in steps of a factor of two. */
export function drawSpreads(name: string, unit: string, old: Spread, candidate: Spread): string {
  const froms = [...new Set([...old.bins, ...candidate.bins].map(({ from }) => from))].sort((a, b) => a - b);
  const [first = 0, last = 0] = [froms[0], froms.at(-1)];
  if (froms.length === 0)
    return `<figure class="plot"><figcaption>${html(name)}</figcaption><p class="none">Not measured on both sides.</p></figure>`;
  const steps: number[] = [];
  for (let from = first; from <= last; from = from === 0 ? 1 : from * 2) steps.push(from);
  const [step, height] = [44, 90];
  const most = Math.max(...[old, candidate].flatMap(({ bins, count }) => bins.map((bin) => bin.count / count)));
  const bars = steps.flatMap((from, at) =>
    (
      [
        ['old', old],
        ['new', candidate],
      ] as const
    ).map(([side, { bins, count }], turn) => {
      const share = (bins.find((bin) => bin.from === from)?.count ?? 0) / count;
      const tall = Math.round((share / most) * height);
      return `<rect class="${side}" x="${at * step + 4 + turn * 18}" y="${height - tall}" width="16" height="${tall}"><title>${html(`${side === 'old' ? 'old model' : 'candidate'}: ${percent(share)} from ${from} ${unit}`)}</title></rect>`;
    }),
  );
  const labels = steps.map((from, at) => `<text x="${at * step + 20}" y="${height + 14}">${from}</text>`);
  const said = `median ${round(old.p50)} → ${round(candidate.p50)} ${unit}, 95th percentile ${round(old.p95)} → ${round(candidate.p95)} ${unit}, ${old.count} exchanges`;
  return `<figure class="plot"><figcaption>${html(name)}</figcaption>
<svg width="${steps.length * step}" height="${height + 20}" role="img" aria-label="${html(`${name}: ${said}`)}">${bars.join('')}${labels.join('')}</svg><p>${html(said)}</p></figure>`;
}

const round = (value: number): string => String(value >= 100 ? Math.round(value) : Number(value.toFixed(1)));
