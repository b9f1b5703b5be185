/** The look of a parity report, on top of what all reports share. */
export const style = `
main { padding: 24px 32px; } .verdict { font-size: 17px; color: var(--ink); margin: 8px 0; } .verdict .tag { font-size: 15px; line-height: 26px; padding: 0 14px; }
table.sites th[scope=rowgroup] { max-width: 320px; font-weight: 600; border-right: 1px solid var(--line); } table.sites th p { font-weight: 400; margin: 6px 0 0; font-size: 13px; }
table.sites td { padding-block: 4px; vertical-align: middle; }
svg text { fill: var(--soft); font-size: 11px; text-anchor: middle; } svg .back { fill: var(--line); } svg .old, .key.old { fill: var(--soft); background: var(--soft); } svg .new, .key.new { fill: var(--accent); background: var(--accent); }
svg .range { stroke: var(--ink); stroke-width: 2; } svg .axis { stroke: var(--line); stroke-width: 2; } svg .margin { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
svg.interval.good .range { stroke: var(--good); } svg.interval.good circle { fill: var(--good); } svg.interval.warn .range { stroke: var(--warn); } svg.interval.warn circle { fill: var(--warn); } svg.interval.bad .range { stroke: var(--bad); } svg.interval.bad circle { fill: var(--bad); }
.legend .key { display: inline-block; width: 12px; height: 8px; margin: 0 6px 0 12px; } .legend .key.old { margin-left: 0; } .legend .none { margin-left: 12px; }
.plots { display: flex; flex-wrap: wrap; gap: 16px; margin-bottom: 16px; } .plot { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; overflow-x: auto; } .plot figcaption { font-weight: 600; margin-bottom: 8px; } .plot p { margin: 4px 0 0; color: var(--soft); font-size: 13px; }
details.exchange { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 6px; } details.exchange summary { cursor: pointer; padding: 8px 12px; overflow-wrap: anywhere; } details.exchange > div { padding: 0 12px 12px; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; } .sides h3, .asked h3 { color: var(--soft); font-size: 13px; margin: 8px 0 4px; } .sides pre, .asked pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 8px 10px; font: 13px/1.5 ui-monospace, monospace; max-height: 420px; overflow: auto; }
.sides del { background: var(--cutmark); text-decoration: none; } .sides ins { background: var(--addmark); text-decoration: none; }
dl.checks { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; } dl.checks dt { white-space: nowrap; } dl.checks dd { margin: 0; overflow-wrap: anywhere; }
#export { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; cursor: pointer; }
@media (max-width: 900px) { main { padding: 16px; } .sides { grid-template-columns: 1fr; } }
`;
