// A code that came with the link, after the #, goes into its field; it is never sent with an address.
'use strict';
(() => {
  const field = document.getElementById('code');
  if (field && location.hash.length > 1) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', location.pathname);
    field.form.querySelector('button').focus();
  }
})();
