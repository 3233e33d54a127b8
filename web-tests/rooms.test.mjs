// Every room in a real browser: both widths, both themes, axe, overflow, keyboard, no script, no outsider.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { SHOTS, browser, hiddenStops, look, lookOnce, open, shift, signIn, visitor } from './house.mjs';

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
const wrongCode = async (page) => {
  await page.goto('/sign-in');
  await page.getByLabel('One-time code').fill('AAAA-BBBB');
  await page.getByRole('button', { name: 'Sign in with the code' }).click();
  await page.getByText('This code signs nobody in.').waitFor();
};
const signOut = async (page) => {
  await page.locator('details.who summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out').waitFor();
};
const reportLost = async (page) => {
  await openFirst(page);
  await page.getByText('Report a lost or seen copy').click();
  await page.getByText('Somebody else saw it').click();
  await page.getByLabel('In your words').fill('On the train from Vessen, in the morning.');
  await page.getByRole('button', { name: 'Report my copy' }).click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
};
const handOverTooLate = async (page) => {
  await page.goto('/offices/ostrey-embassy');
  await page.getByLabel('First day of the successor').fill('2032-12-24');
  await page.getByRole('button', { name: 'Hand the office over' }).click();
  await page.locator('p.err').waitFor();
};
const invite = async (page) => {
  await page.goto('/house');
  await page.getByRole('button', { name: 'Give a one-time code' }).click();
  await page.getByRole('heading', { name: /^A code for/ }).waitFor();
};
const ROOMS = {
  'sign-in': { as: null, go: (page) => page.goto('/sign-in') },
  'sign-in-wrong': { as: null, go: wrongCode },
  'signed-out': { as: REGISTRAR, go: signOut },
  reported: { as: REGISTRAR, go: reportLost },
  'handover-wrong': { as: REGISTRAR, go: handOverTooLate },
  invited: { as: REGISTRAR, go: invite },
  drafts: { as: REGISTRAR, go: (page) => page.goto('/drafts') },
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
            const jumped = await shift(page);
            assert.ok(jumped < 0.02, `it jumped by ${jumped}`);
            await lookOnce(page, name, width, scheme);
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
  for (const [name, ending] of [['PDF', 'pdf'], ['text', 'txt']]) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save my copy as ${name}` }).click(),
    ]);
    assert.match(file.suggestedFilename(), new RegExp(`^P\\d+\\.${ending}$`));
  }
  await page.goto('/record');
  for (const form of ['on screen, as pages', 'PDF', 'text file']) {
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

test('the registry adds an office and a person, posts her, and her code lets her in', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await page.goto('/house');
  await page.getByLabel('Short name').first().fill('tern-bank-desk');
  await page.getByLabel('Name, as in lists').fill('Thora Nimmerkette');
  await page.locator('#handle').fill('thora-nimmerkette');
  await page.getByRole('button', { name: 'Add the person' }).click();
  await page.waitForURL('**/house');
  for (const [office, title] of [['tern-bank-desk', 'Tern Bank Desk'], ['ferry-desk', 'Ferry Desk']]) {
    await page.goto('/house');
    await page.locator('#office').fill(office);
    await page.getByLabel('Title, as in lists').fill(title);
    await page.getByRole('button', { name: 'Add the office' }).click();
    await page.getByRole('heading', { name: title }).waitFor();
    await page.goto('/house');
    await page.getByLabel('Person').last().selectOption('thora-nimmerkette');
    await page.getByLabel('Office', { exact: true }).selectOption(office);
    await page.getByRole('button', { name: 'Begin the posting' }).click();
    await page.waitForURL(`**/offices/${office}`);
    await page.getByText('Thora Nimmerkette').first().waitFor();
  }
  await page.goto('/house');
  await page.getByLabel('Person').first().selectOption('thora-nimmerkette');
  await page.getByRole('button', { name: 'Give a one-time code' }).click();
  const code = await page.locator('code.big').innerText();
  await signOut(page);
  await page.goto(`/sign-in#${code}`);
  await page.keyboard.press('Enter');
  await page.locator('details.who summary b', { hasText: 'Thora Nimmerkette' }).waitFor();
  // She holds two offices, and looks at the papers of one.
  await page.getByRole('button', { name: 'Ferry Desk' }).click();
  await page.locator('button[aria-pressed=true]', { hasText: 'Ferry Desk' }).waitFor();
  await look(page, 'desk-of-two-offices');
  assert.deepEqual(wrong, []);
  await context.close();
});

test('a paper is read with the keyboard alone', async () => {
  const { context, page } = await visitor(engine, house.address);
  await signIn(page, REGISTRAR);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('article.paper').waitFor();
  assert.deepEqual(await hiddenStops(page, 40), [], 'every stop is in sight');
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
  await openFirst(page);
  const subject = await page.locator('#subject').innerText();
  await page.goto('/papers');
  await page.getByText(subject).first().waitFor();
  await signOut(page);
  assert.deepEqual(await context.cookies(), []);
  const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length]);
  assert.deepEqual(kept, [0, 0, 0]);
  // The button that leads back leads to the door.
  await page.goBack();
  await page.waitForURL('**/sign-in');
  assert.equal(await page.getByText(subject).count(), 0);
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
