// The switch between light and dark. Until it is used the page follows the system; then it remembers the choice.

const root = document.documentElement;
const button = /** @type {HTMLButtonElement} */ (document.getElementById('theme'));
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

/** @returns {boolean} whether the page is dark now */
function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches;
}

function label() {
  button.textContent = isDark() ? 'Light' : 'Dark';
  button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`);
}

/** @param {(storage: Storage) => void} use does nothing if the browser has no storage for files */
function withStorage(use) {
  try {
    use(window.localStorage);
  } catch {
    // private windows and some file:// pages refuse; the switch still works for this visit
  }
}

withStorage((storage) => {
  const stored = storage.getItem('attn-theme');
  if (stored) root.dataset.theme = stored;
});
button.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  root.dataset.theme = theme;
  withStorage((storage) => storage.setItem('attn-theme', theme));
  label();
});
systemDark.addEventListener('change', label);
label();
button.hidden = false;
