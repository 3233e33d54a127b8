// The doors that take more than the demonstration: signing in through an issuer of another site, and the page on which
// officers open a sealed archive.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, freePort, hiddenStops, look, run, scratch, serve, small, visitor } from './house.mjs';
import { CLIENT, SECRET, issuer } from './issuer.mjs';

let engine;
before(async () => { engine = await browser(); });
after(async () => { await engine?.close(); });

test('an issuer signs in whom the house has linked, and nobody else', async () => {
  const folder = scratch();
  const [archive, secret] = [join(folder, 'archive'), join(folder, 'secret')];
  small(archive);
  writeFileSync(secret, `${SECRET}\n`);
  const [port, own] = [await freePort(), await issuer()];
  const house = await serve(
    archive, port, '--origin', `http://localhost:${port}`, '--invite', 'reed',
    '--oidc-issuer', own.address, '--oidc-client', CLIENT, '--oidc-secret', secret,
  );
  const ways = { also: [own.address] };
  try {
    // Nobody is linked yet: the issuer knows who it is, the house does not.
    const reader = await visitor(engine, house.address, ways);
    const goesAs = async (who, keyboard) => {
      await reader.page.goto('/sign-in');
      const door = reader.page.getByRole('link', { name: 'Sign in with your account of this house' });
      if (keyboard) { await door.focus(); await reader.page.keyboard.press('Enter'); } else { await door.click(); }
      await reader.page.getByRole('link', { name: who, exact: true }).click();
    };
    const refused = async () => {
      await reader.page.getByRole('heading', { name: 'Nobody was signed in' }).waitFor();
      await reader.page.getByText('Ask whoever keeps it to link you, or for a code.').waitFor();
      assert.deepEqual(await reader.context.cookies(house.address), [], 'no session, and no question left');
    };
    await reader.page.goto('/sign-in');
    await look(reader.page, 'sign-in-with-issuer');
    await goesAs('Go on as Pell');
    await refused();

    // Whoever keeps the house comes in with the code that was printed, and links the account.
    const keeper = await visitor(engine, house.address);
    await keeper.page.goto(`/sign-in#${house.said.match(/this code: (\S+)/)[1]}`);
    await keeper.page.keyboard.press('Enter');
    await keeper.page.waitForURL('**/');
    await keeper.page.goto('/house/links');
    await look(keeper.page, 'links-none');
    await keeper.page.getByLabel('Subject').fill('subject-of-pell');
    await keeper.page.getByLabel('Signs in').selectOption('pell');
    await keeper.page.getByRole('button', { name: 'Link the account' }).click();
    await keeper.page.getByRole('rowheader', { name: 'subject-of-pell' }).waitFor();
    await look(keeper.page, 'links');
    assert.deepEqual(keeper.wrong, []);

    // A subject that nobody linked, and a token that the issuer did not sign.
    for (const who of ['Go on as a stranger', 'Go on as Pell, forged']) {
      await goesAs(who);
      await refused();
    }
    await look(reader.page, 'issuer-refused');
    assert.deepEqual(await hiddenStops(reader.page, 6), []);
    await reader.page.getByRole('link', { name: 'Back to signing in' }).press('Enter');
    await reader.page.waitForURL('**/sign-in');
    // The browser notes each refusal itself.
    assert.deepEqual(reader.wrong.filter((w) => !w.includes('403')), []);

    // The linked person, with the keyboard: the session comes along on the way from the issuer's site.
    await goesAs('Go on as Pell', true);
    await reader.page.locator('details.who summary b', { hasText: 'Jon Pell' }).waitFor();
    assert.equal(new URL(reader.page.url()).pathname, '/');
    const [cookie] = await reader.context.cookies(house.address);
    assert.deepEqual([cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite], ['__Host-chancery', true, true, 'Strict']);
    // The way back counts once.
    const used = await reader.page.goto('/sign-in/issuer/back?state=used&code=used');
    assert.equal(used.status(), 403);
    assert.deepEqual([own.exchanged, own.refused], [4, []], 'every code was exchanged with its verifier');

    // Unlinked, the same account signs in nobody.
    await keeper.page.goto('/house/links');
    await keeper.page.getByRole('button', { name: 'Unlink subject-of-pell' }).click();
    await keeper.page.getByText('None is linked.').waitFor();
    await reader.context.clearCookies();
    await goesAs('Go on as Pell');
    await refused();
    for (const { context } of [reader, keeper]) await context.close();
  } finally { await Promise.all([house.close(), own.close()]); }
});

test('a sealed archive is opened on the page for it, where the house wants one', async () => {
  const archive = join(scratch(), 'archive');
  const { shares } = small(archive, '--shares', '3', '--threshold', '2');
  run('--archive', archive, 'seal');
  const port = await freePort();
  const closed = await serve(archive, port);
  const { context, page, wrong } = await visitor(engine, closed.address);
  const sealed = async (path) => {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 503, path);
    assert.ok(Number(answer.headers()['retry-after']) > 0);
    return page.locator('body').innerText();
  };
  try {
    // Without the flag there is no such page.
    assert.match(await sealed('/unseal'), /The archive is sealed/);
    await closed.close();
    const house = await serve(archive, port, '--unseal-page');
    try {
      for (const path of ['/', '/sign-in', '/house', '/papers/P1']) {
        assert.match(await sealed(path), /The archive is sealed/);
      }
      await page.goto('/unseal');
      await page.getByRole('heading', { name: 'The archive is sealed' }).waitFor();
      await look(page, 'unseal');
      assert.deepEqual(await hiddenStops(page, 4), []);

      // What is no share is named, and not shown again.
      const field = page.getByLabel('Your share');
      await field.fill('zebra lamp river');
      await page.getByRole('button', { name: 'Give this share' }).click();
      await page.locator('p.err').waitFor();
      assert.equal(await field.inputValue(), '');
      assert.ok(!(await page.content()).includes('zebra'));
      await look(page, 'unseal-wrong');

      // With the keyboard alone: the field, the share, the button.
      const give = async (words) => {
        await field.focus();
        await page.keyboard.insertText(words);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
      };
      await give(shares[0].words);
      await page.getByText('1 of 2 shares were given.').waitFor();
      assert.match(await sealed('/health'), /sealed: 1 of 2/);
      await page.goto('/unseal');
      await give(shares[2].words);
      await page.getByText('The archive is open.').waitFor();
      await look(page, 'unseal-open');
      await assert.doesNotReject(async () => {
        for (let tries = 0; (await page.goto('/sign-in')).status() !== 200; tries += 1) {
          if (tries > 50) throw new Error('the room did not open');
          await page.waitForTimeout(200);
        }
      });
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      assert.equal((await page.goto('/unseal')).status(), 404, 'an open house has no such page');
      // Sealed at the machine, it says so again.
      run('--archive', archive, 'seal');
      for (let tries = 0; tries < 50 && (await page.goto('/sign-in')).status() !== 503; tries += 1) await page.waitForTimeout(200);
      assert.match(await sealed('/sign-in'), /The archive is sealed/);
      // The browser notes each sealed address itself.
      assert.deepEqual(wrong.filter((w) => !/503|404/.test(w)), []);
    } finally { await house.close(); }
  } finally {
    await context.close();
    run('--archive', archive, 'seal');
  }
});
