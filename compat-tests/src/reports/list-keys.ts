/**
 * The end of a page's script: `/` filters, `j` and `k` move, Escape clears, an address with a hash opens its entry.
 * The script before it has the search field `text` and the functions `filter`, `move` and `open`.
 */
export const listKeys = `document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof HTMLElement && event.target.matches('input[type=search], select');
  if (event.key === 'Escape' && document.activeElement === text) { text.value = ''; filter(); text.blur(); }
  else if (typing) return;
  else if (event.key === '/') { event.preventDefault(); text.focus(); }
  else if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
});
window.addEventListener('hashchange', () => open(location.hash));
filter();
open(location.hash);
`;
