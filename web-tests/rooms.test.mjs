// Every room in a real browser: both widths, both themes, axe, overflow, keyboard, no script, no outsider.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { SHOTS, axe, browser, look, open, overflow, signIn, visitor } from './house.mjs';

const REGISTRAR = 'agathe-norrisund';
const WIDTHS = [1280, 390];

let house; let engine;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  [house, engine] = await Promise.all([open(), browser()]);
});
after(async () => { await engine?.close(); await house?.close(); });

const openFirst = async (page) => {
  await page.goto('/');
  await page.locator('button.subj').first().click();
  await page.locator('article.paper').waitFor();
};
const cover = async (page) => {
  await openFirst(page);
  const form = await page.locator('button[formaction$="/text"]').getAttribute('formaction');
  await page.goto(form.replace('/text', ''));
};
let made = 0;
const makeToken = async (page) => {
  await page.goto('/programs');
  await page.getByLabel('Its name').fill(`Archive scanner ${made += 1}`);
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByRole('heading', { name: /^The token/ }).waitFor();
};
const tell = async (page) => {
  await page.goto('/house/told');
  // What the tests before have added makes room.
  const last = page.getByRole('button', { name: /nothing more$/ }).last();
  if (await last.count()) await last.click();
  await page.getByLabel('Its address').fill(`https://news.example/chancery/${made += 1}`);
  await page.getByRole('button', { name: 'Tell this address' }).click();
  await page.getByRole('heading', { name: /^A secret for/ }).waitFor();
};
const ROOMS = {
  'sign-in': { as: null, go: (page) => page.goto('/sign-in') },
  concern: { as: null, go: (page) => page.goto('/raise-a-concern') },
  absent: { as: REGISTRAR, go: (page) => page.goto('/nothing-here'), status: 404 },
  desk: { as: REGISTRAR, go: (page) => page.goto('/') },
  cover: { as: REGISTRAR, go: cover },
  reading: { as: REGISTRAR, go: openFirst },
  pages: { as: REGISTRAR, go: async (page) => { await openFirst(page); await page.getByRole('button', { name: 'As pages' }).click(); await page.locator('svg.sheet').first().waitFor(); } },
  lost: { as: REGISTRAR, go: async (page) => { await openFirst(page); await page.getByText('Report a lost or seen copy').click(); await page.locator('textarea').waitFor(); } },
  papers: { as: REGISTRAR, go: (page) => page.goto('/papers') },
  search: { as: REGISTRAR, go: async (page) => { await page.goto('/papers'); await page.locator('#q').fill('ferry'); await page.keyboard.press('Enter'); await page.locator('#query').waitFor(); } },
  record: { as: REGISTRAR, go: async (page) => { await openFirst(page); await page.goto('/record'); } },
  offices: { as: REGISTRAR, go: (page) => page.goto('/offices') },
  office: { as: REGISTRAR, go: (page) => page.goto('/offices/ostrey-embassy') },
  house: { as: REGISTRAR, go: (page) => page.goto('/house') },
  findings: { as: REGISTRAR, go: (page) => page.goto('/findings') },
  token: { as: REGISTRAR, go: makeToken },
  programs: { as: REGISTRAR, go: async (page) => { await makeToken(page); await page.goto('/programs'); } },
  secret: { as: REGISTRAR, go: tell },
  told: { as: REGISTRAR, go: async (page) => { await tell(page); await page.goto('/house/told'); } },
  'told-wrong': { as: REGISTRAR, go: async (page) => { await page.goto('/house/told'); await page.getByLabel('Its address').fill('https://10.0.0.1/'); await page.getByRole('button', { name: 'Tell this address' }).click(); await page.locator('p.err').waitFor(); } },
  backups: { as: REGISTRAR, go: (page) => page.goto('/house/backups') },
};

for (const [name, room] of Object.entries(ROOMS)) {
  describe(name, () => {
    for (const width of WIDTHS) {
      for (const scheme of ['light', 'dark']) {
        test(`${name} at ${width} px, ${scheme}`, async () => {
          const { context, page, wrong } = await visitor(engine, house.address, { width, scheme });
          try {
            if (room.as) await signIn(page, room.as);
            await room.go(page);
            await page.screenshot({ path: `${SHOTS}/${name}-${width}-${scheme}.png`, fullPage: true });
            assert.deepEqual(await axe(page), []);
            for (const w of width === 1280 ? [1280, 900, 640] : [390, 320]) {
              await page.setViewportSize({ width: w, height: 844 });
              assert.equal(await overflow(page), '', `at ${w} px`);
            }
            // The browser itself notes a page that is not there.
            assert.deepEqual(wrong.filter((w) => !(room.status && w.includes(String(room.status)))), []);
          } finally { await context.close(); }
        });
      }
    }
  });
}

test('typeset pages are the copy: their text can be selected, and the file is the same', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await openFirst(page);
  const paragraphs = await page.locator('article.paper .text p').allInnerTexts();
  await page.getByRole('button', { name: 'As pages' }).click();
  await page.locator('svg.sheet').first().waitFor();
  const words = await page.locator('svg.sheet .words').allTextContents();
  const squeezed = (text) => text.replace(/\s/gu, '');
  const shown = squeezed(words.join(''));
  for (const paragraph of paragraphs) {
    const inner = squeezed(paragraph).slice(20, 80);
    assert.ok(shown.includes(inner), inner);
  }
  // What is selected lies where it is drawn.
  const box = await page.locator('svg.sheet .words text').nth(12).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { clickCount: 2 });
  assert.match(await page.evaluate(() => getSelection().toString()), /\p{L}{2}/u);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my copy as PDF' }).click(),
  ]);
  assert.match(file.suggestedFilename(), /^P\d+\.pdf$/);
  await page.goto('/record');
  for (const form of ['on screen, as pages', 'PDF']) {
    await page.locator('tr.entry', { hasText: new RegExp(`You opened your copy of P\\d+: ${form}Entry`) }).first().waitFor();
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('the browser proves the record by itself, and notices when an entry was changed', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await openFirst(page);
  await page.goto('/record');
  await page.getByRole('button', { name: 'Check all entries' }).click();
  await page.getByText(/^All \d+ entries are in the record$/).waitFor();
  await page.screenshot({ path: `${SHOTS}/record-checked-1280.png`, fullPage: true });
  await page.evaluate(() => { const r = document.querySelector('tr:has(.receipt) pre.record'); r.textContent = r.textContent.replace('{', '{ '); });
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByText(/^1 of \d+ entries are not in the signed record$/).waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a token acts in its office until it is revoked', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await makeToken(page);
  const token = await page.locator('code.big').innerText();
  const ask = () => fetch(`${house.address}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  const me = await (await ask()).json();
  assert.equal(me.person, REGISTRAR);
  assert.equal(me.token, `Archive scanner ${made}`);
  await page.goto('/programs');
  await page.getByRole('button', { name: `Revoke Archive scanner ${made}`, exact: true }).click();
  await page.waitForURL('**/programs');
  assert.equal((await ask()).status, 401);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a backup is made and tried out in the browser', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await page.goto('/house/backups');
  await page.getByRole('button', { name: 'Make a backup now' }).click();
  await page.getByRole('cell', { name: 'in it' }).waitFor();
  await page.getByRole('button', { name: 'Try the newest out' }).click();
  await page.getByText('was restored and verified on').waitFor({ timeout: 120_000 });
  await look(page, 'backups-tried');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a paper is read with the keyboard alone', async () => {
  const { context, page } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('article.paper').waitFor();
  const hidden = [];
  for (let stop = 0; stop < 40; stop += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const box = e.getBoundingClientRect();
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return at && (e.contains(at) || at.contains(e)) ? null : e.outerHTML.slice(0, 100);
    });
    if (seen) hidden.push(seen);
  }
  assert.deepEqual(hidden, [], 'every stop is in sight');
  await page.keyboard.press('Escape');
  await page.waitForURL('**/');
  await context.close();
});

test('reading needs no script', async () => {
  const { context, page } = await visitor(engine, house.address, { script: false });
  await signIn(page, REGISTRAR);
  await openFirst(page);
  assert.match(await page.locator('article.paper').innerText(), /\w{3}/);
  await context.close();
});

test('signing out takes the page away from the browser', async () => {
  const { context, page } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await page.goto('/record');
  await page.locator('details.who summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out').waitFor();
  assert.deepEqual(await context.cookies(), []);
  await page.goto('/record');
  assert.match(page.url(), /sign-in$/);
  await context.close();
});

test('the first pages are light and do not jump', async () => {
  const known = await visitor(engine, house.address);
  await signIn(known.page, REGISTRAR);
  const cookies = await known.context.cookies();
  await known.context.close();
  for (const [path, cookie] of [['/sign-in', []], ['/', cookies]]) {
    // A browser that has kept nothing.
    const { context, page } = await visitor(engine, house.address);
    await context.addCookies(cookie);
    let all = 0; let fonts = 0;
    page.on('response', async (response) => {
      const size = (await response.body().catch(() => Buffer.alloc(0))).length;
      all += size;
      if (response.url().endsWith('.woff2')) fonts += size;
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    const shift = await page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 500);
    }));
    console.log(`# ${path}: ${all} bytes, of them fonts ${fonts}; layout shift ${shift.toFixed(4)}`);
    assert.ok(all < 250_000, `${path}: ${all} bytes`);
    assert.ok(all - fonts < 100_000, `${path}: ${all - fonts} bytes without fonts`);
    assert.ok(shift < 0.02, `${path}: layout shift ${shift}`);
    await context.close();
  }
});
