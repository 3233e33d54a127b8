// Deciding places without leaving the page, and a word before unsaved text is lost. All of it works without.
'use strict';
(() => {
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches('.place-form')) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: 'POST', body });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.getElementById('main').replaceWith(page.getElementById('main'));
      history.replaceState(null, '', answer.url);
      const place = document.getElementById('place');
      place?.focus({ preventScroll: true });
      place?.scrollIntoView({ block: 'nearest' });
    } catch {
      location.reload();
    }
  });
  const text = document.getElementById('text');
  if (text) {
    // What copies would differ in, as it is typed: asked once the keys rest, shown if nothing was typed since.
    const preview = document.getElementById('preview');
    let rest;
    const look = () => {
      clearTimeout(rest);
      rest = setTimeout(async () => {
        const typed = text.value;
        const answer = await fetch('/drafts/preview', { method: 'POST', body: new URLSearchParams(new FormData(text.form)) }).catch(() => null);
        if (!answer?.ok || typed !== text.value) return;
        preview.innerHTML = await answer.text();
      }, 500);
    };
    if (preview) {
      text.form.addEventListener('input', look);
      if (text.value.trim()) look();
    }
    const before = text.value;
    let sent = false;
    text.form.addEventListener('submit', () => { sent = true; });
    addEventListener('beforeunload', (event) => {
      if (!sent && text.value !== before) event.preventDefault();
    });
  }
})();
