/** Filters the exchanges, moves through them by keys, and shows both answers word by word when one is opened. Texts only ever become text. */
export const script = `
const rows = all('details.exchange').map((node) => ({ node, held: data[Number(node.dataset.at)] }));
for (const row of rows) row.text = (row.node.textContent + ' ' + JSON.stringify(row.held)).toLowerCase();
const [text, site, shown] = ['#text', '#site', '#shown'].map((query) => $(query));
const boxes = all('.tools input[type=checkbox]');
$('.tools').hidden = false;

function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const kept = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let count = 0;
  for (const { node, text: held } of rows) {
    const stays = kept.has(node.dataset.verdict) && (site.value === '' || site.value === node.dataset.site) && words.every((word) => held.includes(word));
    node.hidden = !stays;
    if (stays) count += 1;
  }
  shown.value = count === rows.length ? count + ' exchanges' : count + ' of ' + rows.length + ' exchanges';
  $('#nothing').hidden = count > 0;
}

function make(name, content, parent, className) {
  const node = document.createElement(name);
  if (content !== undefined) node.textContent = content;
  if (className !== undefined) node.className = className;
  parent.append(node);
  return node;
}

/** Longest common subsequence of words; long answers are compared without it. */
function mark(before, after) {
  const [a, b] = [before, after].map((side) => side.split(/(\\s+)/));
  if (a.length * b.length > 4e6) return [[[' ', before]], [[' ', after]]];
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  const [left, right] = [[], []];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { left.push([' ', a[i]]); right.push([' ', b[j]]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) { left.push(['-', a[i]]); i += 1; }
    else { right.push(['+', b[j]]); j += 1; }
  }
  return [left, right];
}

function fill(node, held) {
  const body = make('div', undefined, node);
  if (held.said !== null) {
    const asked = make('div', undefined, body, 'asked');
    make('h3', 'Asked', asked);
    make('pre', held.said.asked, asked);
    const sides = make('div', undefined, body, 'sides');
    const marked = mark(held.said.old, held.said.candidate);
    for (const [at, name] of ['Old model', 'Candidate'].entries()) {
      const side = make('div', undefined, sides);
      make('h3', name, side);
      const pre = make('pre', undefined, side);
      for (const [kind, word] of marked[at]) make(kind === '-' ? 'del' : kind === '+' ? 'ins' : 'span', word, pre);
    }
  }
  const list = make('dl', undefined, body, 'checks');
  if (held.obstacle !== null) { make('dt', 'not compared', list); make('dd', held.obstacle.reason + (held.obstacle.fix ? '; ' + held.obstacle.fix : ''), list); }
  for (const { check, verdict, expected, got, why, fix } of held.checks) {
    make('dt', verdict + ' ' + check, list);
    make('dd', verdict === 'PASS' ? got : 'expected ' + expected + '; got ' + got + (why ? ' \\u2014 ' + why : '') + (fix ? ' \\u2014 ' + fix : ''), list);
  }
  for (const { code, what, why } of held.notes) { make('dt', 'note ' + code, list); make('dd', what + '; ' + why, list); }
}

for (const { node, held } of rows)
  node.addEventListener('toggle', () => { if (node.open && node.children.length === 1) fill(node, held); });
for (const control of [text, site, ...boxes]) control.addEventListener('input', filter);

$('#export').addEventListener('click', () => {
  const failing = rows.filter(({ node }) => !node.hidden && node.dataset.verdict === 'FAIL').map(({ held }) => ({
    id: held.id, asked: held.said?.asked ?? '', expected: held.said?.old ?? '', got: held.said?.candidate ?? '',
    failed: held.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ check }) => check),
  }));
  const link = document.createElement('a');
  link.href = 'data:application/x-ndjson;charset=utf-8,' + encodeURIComponent(failing.map((one) => JSON.stringify(one) + '\\n').join(''));
  link.download = 'failing-exchanges.jsonl';
  link.click();
});

let at = -1;
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|SELECT)$/.test(event.target.tagName)) { if (event.key === 'Escape') event.target.blur(); return; }
  if (event.key === '/') { event.preventDefault(); text.focus(); return; }
  if (event.key !== 'j' && event.key !== 'k') return;
  const seen = rows.filter(({ node }) => !node.hidden);
  at = Math.max(0, Math.min(seen.length - 1, at + (event.key === 'j' ? 1 : -1)));
  $('summary', seen[at]?.node)?.focus();
});
filter();
`;
