// Passkeys: a form that wants one asks the server what is to be signed, lets the browser sign it, and is then
// sent with the answer. A form with `data-proof` is sent once a fresh proof was given.
'use strict';
(() => {
  const say = (form, text) => {
    const place = form.querySelector('[role=alert]') ?? form.insertBefore(
      Object.assign(document.createElement('p'), { className: 'err', role: 'alert' }), form.lastElementChild);
    place.textContent = text;
    place.hidden = !text;
  };
  const sign = async (ask, how) => {
    const asked = await fetch(ask, { method: 'POST' });
    if (!asked.ok) throw new Error('asked in vain');
    const { ticket, publicKey } = await asked.json();
    const credential = how === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    return { ticket, credential: JSON.stringify(credential.toJSON()) };
  };
  const why = (error) => (error.name === 'InvalidStateError'
    ? 'This device holds a passkey of yours already.'
    : 'No passkey was used. Try once more, or sign in with a code.');
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    for (const form of document.querySelectorAll('[data-passkey]')) {
      say(form, 'This browser cannot use passkeys here.');
      form.querySelector('button').remove();
    }
    return;
  }
  const loaded = performance.now();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    const { passkey, ask, proof } = form.dataset;
    const stale = proof !== undefined && performance.now() - loaded > (Number(proof) - 5) * 1000;
    if (!passkey && !stale) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(form, '');
    const done = passkey
      ? sign(ask, passkey).then((answer) => {
        form.elements.ticket.value = answer.ticket;
        form.elements.credential.value = answer.credential;
      })
      : sign('/prove/ask', 'get').then(async (answer) => {
        const proved = await fetch('/prove', { method: 'POST', body: new URLSearchParams(answer) });
        if (!proved.ok) throw new Error('not accepted');
      });
    // A form is sent as it was: by the button that was pressed, which may lead elsewhere.
    const { submitter } = event;
    const sent = () => {
      if (passkey) { form.submit(); return; }
      delete form.dataset.proof;
      form.requestSubmit(submitter);
    };
    done.then(sent, (error) => say(form, why(error)));
  }, true);
})();
