// Passkeys with the browser's own virtual authenticator: made, used to sign in, asked for before an inquiry is
// opened, removed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, look, open, signIn, visitor } from './house.mjs';

const OFFICER = 'samir-dace';

let house; let engine;
before(async () => { [house, engine] = await Promise.all([open(), browser()]); });
after(async () => { await engine?.close(); await house?.close(); });

/** A device with a key store that asks its owner for nothing; `allows` says whether he is there. */
const device = async (context, page) => {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return {
    keys: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
};

const signOut = async (page) => {
  await page.locator('details.who summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out').waitFor();
};

const openInquiry = async (page) => {
  await page.goto('/inquiries');
  await page.getByLabel('Or paste the text').fill('The pilots have lost a third of their boats, and those who stay ask for contracts in writing.');
  await page.getByRole('button', { name: 'Open an inquiry' }).click();
};

test('a passkey is made, signs in, proves, and is removed', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  const own = await device(context, page);
  await signIn(page, OFFICER);
  await page.locator('details.who summary').click();
  await page.getByRole('link', { name: 'How I sign in' }).click();
  await page.getByLabel('Its name').fill('My telephone');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('rowheader', { name: 'My telephone' }).waitFor();
  assert.equal((await own.keys()).length, 1);
  assert.equal((await own.keys())[0].isResidentCredential, true);
  await look(page, 'how-i-sign-in');

  // A second one on the same device is refused by the device itself.
  await page.getByLabel('Its name').fill('Again');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('This device holds a passkey of yours already.').waitFor();

  await signOut(page);
  await page.goto('/sign-in');
  await look(page, 'sign-in-with-passkey');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.locator('details.who summary b', { hasText: 'Samir Dace' }).waitFor();

  // Fresh from the passkey: no further question.
  await openInquiry(page);
  await page.getByRole('heading', { name: /^Inquiry I\d+$/ }).waitFor();

  // Signed in another way, the form asks for the passkey; without its owner nothing is opened.
  await signOut(page);
  await signIn(page, OFFICER);
  await own.verifies(false);
  await openInquiry(page);
  await page.getByText('No passkey was used.').waitFor();
  assert.match(page.url(), /\/inquiries$/);
  await own.verifies(true);
  await page.getByRole('button', { name: 'Open an inquiry' }).click();
  await page.getByRole('heading', { name: /^Inquiry I\d+$/ }).waitFor();

  await page.goto('/how-i-sign-in');
  await page.getByRole('button', { name: 'Remove My telephone' }).click();
  await page.getByText('None yet.').waitFor();
  await page.goto('/record');
  await page.getByText('You added a passkey to sign in with').waitFor();
  await page.getByText('You removed a passkey').waitFor();
  await signOut(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('This passkey signs nobody in.').waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});
