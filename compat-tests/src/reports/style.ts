/** The theme's dark colours, for the reader's system and for the button alike. */
const dark = `--bg: #0f1318; --card: #171c23; --ink: #e4e8ee; --soft: #9aa5b1; --line: #2c343e; --accent: #6cb0ff;
  --good: #6fd694; --goodbg: #12301e; --warn: #f0b95a; --warnbg: #352708; --bad: #ff938a; --badbg: #3a1512; --code: #11161c;
  --add: #12291b; --addmark: #1f5a35; --cut: #311917; --cutmark: #6e2b26;`;

/** The look every report shares: two themes, no outside font, image or address. */
export const style = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1c2128; --soft: #59636e; --line: #d8dde3; --accent: #0b62d6;
  --good: #17703a; --goodbg: #e3f5e9; --warn: #8a5300; --warnbg: #fdf1d8; --bad: #b3261e; --badbg: #fce8e6; --code: #f6f8fa;
  --add: #e2f6e7; --addmark: #a9e5b8; --cut: #fde9e7; --cutmark: #f8b9b3; }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; ${dark} }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${dark} } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, .code, .path { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; background: var(--card); padding: 6px 10px; z-index: 9; }
#theme { position: absolute; right: 32px; top: 24px; z-index: 6; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; cursor: pointer; }
header { padding: 24px 32px 16px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; } h2 { font-size: 18px; margin: 0 0 12px; } h3 { font-size: 15px; margin: 0; }
header p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
.sums { display: flex; flex-wrap: wrap; gap: 8px; margin: 16px 0 0; padding: 0; list-style: none; }
.sums li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; } .sums b { font-size: 20px; margin-right: 6px; }
.tools { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 10px 32px; background: var(--bg); border-block: 1px solid var(--line); }
.tools input[type=search] { flex: 1 1 240px; max-width: 420px; } .tools input[type=search], .tools select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; }
.tools fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 12px; } .tools label { display: inline-flex; gap: 5px; align-items: center; }
.tools output { color: var(--soft); } .tools kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; font: 12px ui-monospace, monospace; background: var(--card); } .keys { color: var(--soft); margin-left: auto; font-size: 13px; }
section { margin: 0 0 32px; scroll-margin-top: 72px; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } th, td { text-align: left; padding: 7px 12px; border-top: 1px solid var(--line); vertical-align: top; } thead th { border: 0; color: var(--soft); font-weight: 600; font-size: 13px; } td.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .scroll { overflow-x: auto; }
.tag { display: inline-block; border-radius: 999px; padding: 0 9px; font-size: 12px; line-height: 20px; white-space: nowrap; } .tag.good { color: var(--good); background: var(--goodbg); } .tag.warn { color: var(--warn); background: var(--warnbg); } .tag.bad { color: var(--bad); background: var(--badbg); } .tag.soft { color: var(--soft); background: var(--bg); border: 1px solid var(--line); line-height: 18px; }
.do { border-left: 3px solid var(--warn); padding-left: 10px; }
.none { color: var(--soft); }
@media (max-width: 900px) { header, .tools { padding-inline: 16px; } .tools { position: static; } .keys { display: none; } #theme { right: 16px; top: 8px; } }
@media print { .tools, .skip, #theme { display: none; } }
`;
