/** The look of the plan: two themes, no outside font, image or address. */
export const style = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1c2128; --soft: #59636e; --line: #d8dde3; --accent: #0b62d6;
  --good: #17703a; --goodbg: #e3f5e9; --warn: #8a5300; --warnbg: #fdf1d8; --bad: #b3261e; --badbg: #fce8e6; --code: #f6f8fa;
  --add: #e2f6e7; --addmark: #a9e5b8; --cut: #fde9e7; --cutmark: #f8b9b3; }
@media (prefers-color-scheme: dark) { :root { --bg: #0f1318; --card: #171c23; --ink: #e4e8ee; --soft: #9aa5b1; --line: #2c343e; --accent: #6cb0ff;
  --good: #6fd694; --goodbg: #12301e; --warn: #f0b95a; --warnbg: #352708; --bad: #ff938a; --badbg: #3a1512; --code: #11161c;
  --add: #12291b; --addmark: #1f5a35; --cut: #311917; --cutmark: #6e2b26; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, .code, .path { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; background: var(--card); padding: 6px 10px; z-index: 9; }
header { padding: 24px 32px 16px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; } h2 { font-size: 18px; margin: 0 0 12px; } h3 { font-size: 15px; margin: 0; }
header p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.sums { display: flex; flex-wrap: wrap; gap: 8px; margin: 16px 0 0; padding: 0; list-style: none; }
.sums li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; } .sums b { font-size: 20px; margin-right: 6px; }
.tools { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 10px 32px; background: var(--bg); border-block: 1px solid var(--line); }
.tools input[type=search] { flex: 1 1 240px; max-width: 420px; } .tools input[type=search], .tools select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; }
.tools fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 12px; } .tools label { display: inline-flex; gap: 5px; align-items: center; }
.tools output { color: var(--soft); } .tools kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; font: 12px ui-monospace, monospace; background: var(--card); } .keys { color: var(--soft); margin-left: auto; font-size: 13px; }
.page { display: grid; grid-template-columns: 290px minmax(0, 1fr); gap: 28px; padding: 20px 32px 64px; align-items: start; }
nav { position: sticky; top: 72px; max-height: calc(100vh - 90px); overflow: auto; font-size: 14px; padding: 2px; }
nav ul { list-style: none; margin: 2px 0 8px; padding-left: 14px; } nav > ul { padding: 0; } nav a { display: block; color: inherit; text-decoration: none; overflow-wrap: anywhere; padding: 2px 6px; border-radius: 4px; } nav a:hover { background: var(--line); }
nav summary { cursor: pointer; padding: 3px 4px; overflow-wrap: anywhere; } nav .n { color: var(--soft); font-size: 12px; }
section { margin: 0 0 32px; scroll-margin-top: 72px; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } th, td { text-align: left; padding: 7px 12px; border-top: 1px solid var(--line); vertical-align: top; } thead th { border: 0; color: var(--soft); font-weight: 600; font-size: 13px; } td.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .scroll { overflow-x: auto; }
.tag { display: inline-block; border-radius: 999px; padding: 0 9px; font-size: 12px; line-height: 20px; white-space: nowrap; } .tag.rewrite, .tag.native, .tag.emulated { color: var(--good); background: var(--goodbg); } .tag.manual, .tag.soon, .tag.unknown, .tag.lossy { color: var(--warn); background: var(--warnbg); } .tag.past, .tag.refused { color: var(--bad); background: var(--badbg); } .tag.leave { color: var(--soft); background: var(--bg); border: 1px solid var(--line); line-height: 18px; }
details.file { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 14px; scroll-margin-top: 72px; } details.file > summary { cursor: pointer; padding: 10px 14px; overflow-wrap: anywhere; } details.file > summary .path { font-weight: 600; }
.body { border-top: 1px solid var(--line); padding: 4px 14px 14px; }
.finding { padding: 12px 0; border-top: 1px solid var(--line); scroll-margin-top: 72px; } .finding:first-child { border: 0; } .finding .head { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; } .finding h4 { font-size: 15px; font-weight: 600; margin: 0; overflow-wrap: anywhere; min-width: 0; } .finding p { margin: 4px 0; overflow-wrap: anywhere; } .finding .why, .meta { color: var(--soft); } .meta { font-size: 13px; }
.do { border-left: 3px solid var(--warn); padding-left: 10px; }
.code { background: var(--code); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; margin: 8px 0; padding: 4px 0; } .code > div { display: flex; width: max-content; min-width: 100%; line-height: 1.55; } .code i { flex: none; width: 44px; padding-right: 10px; text-align: right; color: var(--soft); font-style: normal; user-select: none; } .code s { flex: none; width: 16px; text-decoration: none; text-align: center; user-select: none; color: var(--soft); } .code b { font-weight: 400; white-space: pre; tab-size: 4; padding-right: 12px; }
.code .gap { color: var(--soft); padding-left: 60px; } .code .add { background: var(--add); } .code .cut { background: var(--cut); } .code mark { color: inherit; border-radius: 3px; } .add mark { background: var(--addmark); } .cut mark { background: var(--cutmark); }
.reason { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; margin: 0 0 10px; } .reason p { margin: 0 0 6px; overflow-wrap: anywhere; } .reason ul { margin: 6px 0 0; padding-left: 18px; columns: 2 340px; } .reason li { overflow-wrap: anywhere; }
.none { color: var(--soft); }
@media (max-width: 900px) { .page { grid-template-columns: minmax(0, 1fr); padding: 16px; } nav { position: static; max-height: 40vh; } header, .tools { padding-inline: 16px; } .tools, nav { position: static; } .keys { display: none; } }
@media print { .tools, nav, .skip { display: none; } .page { display: block; padding: 0; } details.file { break-inside: avoid; } }
`;
