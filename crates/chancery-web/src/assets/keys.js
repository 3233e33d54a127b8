// Keys. Everything they do can be done without them.
'use strict';
(() => {
  const typing = (t) => t.closest('input, textarea, select, [contenteditable]');
  const rows = () => [...document.querySelectorAll('[data-row]')];
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    const target = next.querySelector('a, button') ?? next;
    target.focus();
    target.scrollIntoView({ block: 'nearest' });
  };
  const does = {
    '/': () => document.getElementById('q')?.focus(),
    j: () => move(1),
    k: () => move(-1),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target)) return;
    const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (own) { event.preventDefault(); own.click(); return; }
    const act = does[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
  // A form is sent once; a busy button says so.
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    button.textContent = button.dataset.busy;
    button.setAttribute('aria-disabled', 'true');
  });
})();
