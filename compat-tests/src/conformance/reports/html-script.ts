import { listKeys } from '../../reports/list-keys.ts';

/** Filters the cases, moves through them by keys, and fills in requests, answers and expectations when one is opened. Texts only ever become text. */
export const script = `
const cases = all('details.case').map((node) => ({ node, text: node.textContent.toLowerCase() }));
const [text, capability, level, change, shown] = ['#text', '#capability', '#level', '#change', '#shown'].map((query) => $(query));
const verdicts = all('.tools input[type=checkbox]');
const cells = all('button.cell');
$('.tools').hidden = false;

function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const kept = new Set(verdicts.filter((box) => box.checked).map((box) => box.value));
  const fits = (select, value) => select === null || select.value === '' || select.value === value;
  let count = 0;
  for (const one of cases) {
    const { verdict, ...own } = one.node.dataset;
    // A case that the last report does not have has no verdict to leave out.
    const stays = (verdict === '' || kept.has(verdict)) && fits(capability, own.capability) && fits(level, own.level) && fits(change, own.change) && words.every((word) => one.text.includes(word));
    one.node.hidden = !stays;
    if (stays) count += 1;
  }
  for (const group of all('.group')) {
    const rows = all('details.case', group);
    const left = rows.filter((row) => !row.hidden).length;
    group.hidden = left === 0;
    $('.shown', group).textContent = left === rows.length ? left + (left === 1 ? ' case' : ' cases') : left + ' of ' + rows.length + ' cases';
  }
  shown.value = count === cases.length ? count + ' cases' : count + ' of ' + cases.length + ' cases';
  $('#nothing').hidden = count > 0 || cases.length === 0;
  for (const cell of cells) cell.setAttribute('aria-pressed', String(isPressed(cell, kept)));
}

function isPressed({ dataset }, kept) {
  if (capability.value !== dataset.capability) return false;
  return dataset.change === undefined ? kept.size === 1 && kept.has(dataset.verdict) : change.value === dataset.change;
}

/** A cell of the matrix sets the filter to itself, and pressed again takes it back. */
function choose(cell) {
  const pressed = cell.getAttribute('aria-pressed') === 'true';
  capability.value = pressed ? '' : cell.dataset.capability;
  if (cell.dataset.change !== undefined) change.value = pressed ? '' : cell.dataset.change;
  else for (const box of verdicts) box.checked = pressed || box.value === cell.dataset.verdict;
  filter();
  if (!pressed) $('#cases').scrollIntoView({ block: 'start' });
}

/** Marks that reorder a line, and what no font shows, are written as escapes. */
const showControls = (value) => value.replace(/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]/g, (sign) => '\\\\u' + sign.charCodeAt(0).toString(16).padStart(4, '0'));

function make(name, content, className) {
  const node = document.createElement(name);
  if (className !== undefined) node.className = className;
  node.append(...[content].flat().map((part) => (typeof part === 'string' ? showControls(part) : part)));
  return node;
}

function pretty(value) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  try { return JSON.stringify(JSON.parse(value), null, 2); } catch { return value; }
}

function showHeaders(headers) {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => name + ': ' + value);
  return make('details', [make('summary', lines.length + (lines.length === 1 ? ' header' : ' headers')), make('pre', lines.join('\\n'))]);
}

function showExchange({ request, response, failure, durationMs }) {
  const body = pretty(request.body);
  const parts = [make('h4', request.method + ' ' + request.path), showHeaders(request.headers)];
  if (body !== '') parts.push(make('pre', body, 'request'));
  if (response !== null) {
    const times = response.chunkMs ?? [];
    parts.push(make('h4', 'Answer ' + response.status + ' in ' + durationMs + ' ms' + (times.length > 1 ? ', in ' + times.length + ' pieces from ' + times[0] + ' to ' + times[times.length - 1] + ' ms' : '')), showHeaders(response.headers), make('pre', pretty(response.text) || '(empty)', 'response'));
  }
  if (failure !== null) parts.push(make('p', 'No whole answer: ' + failure, 'do'));
  return parts;
}

function showAttempt(attempt, at, total) {
  const items = attempt.expectations.map(({ says, outcome, got }) => make('li', [says, ...(got === '' ? [] : [make('span', got, 'got')])], outcome === 'chose otherwise' ? 'chose' : outcome));
  return [
    ...(total > 1 ? [make('h4', 'Asking ' + (at + 1) + ' of ' + total + ': ' + attempt.verdict)] : []),
    make('ul', items, 'expectations'),
    ...attempt.exchanges.flatMap(showExchange),
  ];
}

function fill(node) {
  for (const result of all('.result', node)) {
    const place = $('.evidence', result);
    const found = data[node.dataset.at][result.dataset.column];
    if (place === null || found === null || place.childNodes.length > 0) continue;
    const total = found.attempts.length + found.more;
    place.append(...found.attempts.flatMap((attempt, at) => showAttempt(attempt, at, total)));
    if (found.more > 0) place.append(make('p', found.more + ' more of the same, in the JSON report', 'meta'));
    if (total === 0) place.append(make('p', 'Nothing was sent.', 'meta'));
  }
}

function move(step) {
  const visible = cases.filter((one) => !one.node.hidden).map((one) => $('summary', one.node));
  if (visible.length === 0) return;
  const here = visible.indexOf(document.activeElement);
  const next = visible[here === -1 ? (step > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, here + step))];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function open(hash) {
  const node = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  if (node === null || !node.matches('details.case')) return;
  node.open = true;
  node.scrollIntoView({ block: 'start' });
}

for (const one of cases) one.node.addEventListener('toggle', () => { if (one.node.open) fill(one.node); });
for (const control of [text, capability, level, change, ...verdicts]) control?.addEventListener('input', filter);
for (const cell of cells) cell.addEventListener('click', () => choose(cell));
${listKeys}`;
