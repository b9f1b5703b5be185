import { listKeys } from '@migrate-llm/compat-tests/reports';

/** Filters the plan and moves through it by keys. The page is whole without it; it reads nothing but the page. */
export const script = `
const findings = all('.finding').map((node) => ({ node, text: (node.dataset.file + ' ' + node.textContent).toLowerCase(), rule: node.dataset.rule, action: node.dataset.action }));
const [text, rule, shown] = [$('#text'), $('#rule'), $('#shown')];
const actions = all('.tools input[type=checkbox]');
$('.tools').hidden = false;

function filter() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const kept = new Set(actions.filter((box) => box.checked).map((box) => box.value));
  const active = words.length > 0 || rule.value !== '' || kept.size < actions.length;
  const ids = new Set();
  for (const one of findings) {
    const fits = kept.has(one.action) && (rule.value === '' || one.rule === rule.value) && words.every((word) => one.text.includes(word));
    one.node.hidden = !fits;
    if (fits) ids.add(one.node.id);
  }
  for (const file of all('details.file')) {
    const left = all('.finding', file).filter((node) => !node.hidden).length;
    file.hidden = active && left === 0;
    const link = document.getElementById('nav-' + file.id);
    if (link !== null) link.hidden = file.hidden;
  }
  for (const item of all('[data-of]')) item.hidden = active && !ids.has(item.dataset.of);
  for (const group of all('.reason')) group.hidden = all('[data-of]', group).every((item) => item.hidden);
  for (const group of all('.package')) group.hidden = all('details.file', group).every((file) => file.hidden);
  for (const group of all('nav .pack')) group.hidden = all('li', group).every((item) => item.hidden);
  shown.value = ids.size === findings.length ? findings.length + ' findings' : ids.size + ' of ' + findings.length + ' findings';
  $('#nothing').hidden = ids.size > 0 || findings.length === 0;
}

let at = -1;
function move(step) {
  const visible = findings.filter((one) => !one.node.hidden);
  if (visible.length === 0) return;
  const here = visible.findIndex((one) => one.node === document.activeElement);
  at = here === -1 ? (step > 0 ? 0 : visible.length - 1) : Math.min(visible.length - 1, Math.max(0, here + step));
  const { node } = visible[at];
  node.closest('details').open = true;
  node.focus();
  node.scrollIntoView({ block: 'start' });
}

function open(hash) {
  const node = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  const file = node?.closest('details.file');
  if (!file) return;
  file.open = true;
  node.scrollIntoView({ block: 'start' });
  if (node.classList.contains('finding')) node.focus();
}

for (const control of [text, rule, ...actions]) control.addEventListener('input', filter);
${listKeys}`;
