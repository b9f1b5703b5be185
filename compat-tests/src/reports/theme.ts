/** What every page runs first: two short hands, and the button that changes the theme. A page from disk may have no storage. */
export const themeScript = `
const $ = (query, root = document) => root.querySelector(query);
const all = (query, root = document) => [...root.querySelectorAll(query)];
{
  const button = $('#theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const stored = () => { try { return localStorage.getItem('migrate-llm-theme'); } catch { return null; } };
  const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; button.title = 'Change to the ' + (isDark() ? 'light' : 'dark') + ' theme'; };
  const theme = stored();
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  button.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    // Back to what the system says is no choice any more.
    const isSystems = next === (dark.matches ? 'dark' : 'light');
    if (isSystems) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (isSystems) localStorage.removeItem('migrate-llm-theme');
      else localStorage.setItem('migrate-llm-theme', next);
    } catch { /* the choice lasts as long as the page */ }
    name();
  });
  dark.addEventListener('change', name);
  button.hidden = false;
  name();
}
`;
