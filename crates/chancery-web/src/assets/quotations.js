// The quotation that was chosen in the article stays chosen in the table. All of it works without.
'use strict';
(() => {
  const choose = () => {
    const row = location.hash.startsWith('#q') && document.getElementById(location.hash.slice(1));
    document.querySelectorAll('.qlist .sel').forEach((other) => other.classList.remove('sel'));
    row?.classList?.add('sel');
  };
  addEventListener('hashchange', choose);
  choose();
})();
