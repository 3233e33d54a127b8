// Checks every receipt on the page: the entry is what its leaf commits to, the leaf is in the tree, and the
// record's key has signed the tree (C2SP tlog-proof, RFC 6962, Ed25519). Plain script, nothing is sent.
'use strict';
(() => {
  const panel = document.querySelector('[data-verify]');
  const button = document.getElementById('check-now');
  if (!panel || !button) return;
  const utf8 = new TextEncoder();
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
    return out;
  };
  const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

  // `name+id+key` of C2SP signed-note; only Ed25519 log keys (type 1).
  const readKey = async (text) => {
    const [name, id, base64] = text.split('+', 2).concat(text.split('+').slice(2).join('+'));
    const raw = bytes(base64);
    if (raw[0] !== 1 || raw.length !== 33) throw new Error('not an Ed25519 log key');
    const digest = await sha(utf8.encode(`${name}\n`), raw);
    const hex = [...digest.slice(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join('');
    if (hex !== id) throw new Error('the key’s id is not its own');
    const key = await crypto.subtle.importKey('raw', raw.slice(1), 'Ed25519', false, ['verify']);
    return { name, id: digest.slice(0, 4), key };
  };

  // The root that a path leads to (RFC 9162, 2.1.3.2); positions stay below 2^53.
  const rootOf = async (leaf, index, size, path) => {
    let [fn, sn, hash] = [index, size - 1, leaf];
    for (const step of path) {
      if (sn === 0) throw new Error('the path is too long');
      if (fn % 2 === 1 || fn === sn) {
        hash = await sha([1], step, hash);
        while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
      } else {
        hash = await sha([1], hash, step);
      }
      fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
    }
    if (sn !== 0) throw new Error('the path is too short');
    return hash;
  };

  const check = async (record, receipt, leaf, log) => {
    const [proof, ...rest] = receipt.split('\n\n');
    const lines = proof.split('\n');
    if (lines[0] !== 'c2sp.org/tlog-proof@v1') throw new Error('not a receipt');
    const salt = bytes(lines[1].replace(/^extra /, ''));
    const index = Number(lines[2].replace(/^index /, ''));
    if (index !== leaf) throw new Error('the receipt is of another entry');
    const path = lines.slice(3).map(bytes);
    const body = `${rest[0]}\n`;
    const [origin, size, root] = body.split('\n');
    if (origin !== log.name) throw new Error('the checkpoint is of another record');
    const signed = rest[1].split('\n').find((line) => line.startsWith(`— ${log.name} `));
    if (!signed) throw new Error('the record’s key has not signed');
    const signature = bytes(signed.split(' ')[2]);
    const good = same(signature.slice(0, 4), log.id)
      && await crypto.subtle.verify('Ed25519', log.key, signature.slice(4), utf8.encode(body));
    if (!good) throw new Error('the signature is not the record’s');
    const commitment = await sha(salt, utf8.encode(record));
    const found = await rootOf(await sha([0], commitment), index, Number(size), path);
    if (!same(found, bytes(root))) throw new Error('the entry is not in the signed record');
    return Number(size);
  };

  const say = (title, text) => {
    document.getElementById('check').textContent = title;
    document.getElementById('check-says').textContent = text;
  };
  button.addEventListener('click', async () => {
    const rows = [...document.querySelectorAll('tr.entry')].filter((row) => row.querySelector('.receipt'));
    const failed = [];
    let size = 0;
    try {
      const log = await readKey(panel.dataset.logKey);
      for (const [at, row] of rows.entries()) {
        say('Checking', `${at + 1} of ${rows.length}`);
        const state = row.querySelector('.state');
        try {
          const text = (what) => row.querySelector(what).textContent;
          size = await check(text('.record'), text('.receipt'), Number(row.dataset.leaf), log);
          state.textContent = '✓';
          state.title = 'In the signed record';
        } catch (error) {
          state.textContent = 'not found';
          failed.push(`${row.dataset.leaf} (${error.message})`);
        }
      }
    } catch (error) {
      say('This browser cannot check', `${error.message}. A newer one can, and so can “chancery record verify”.`);
      return;
    }
    const time = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    if (failed.length) {
      panel.classList.add('bad');
      say(`${failed.length} of ${rows.length} entries are not in the signed record`,
        `Entries ${failed.join(', ')}. Keep this page and call whoever keeps the record; do not sign out first.`);
    } else {
      panel.classList.add('good');
      say(`All ${rows.length} entries are in the record`,
        `Computed by this browser at ${time} against the signed record of ${size.toLocaleString('en-GB')} entries.`);
    }
    button.textContent = 'Check again';
  });
})();
