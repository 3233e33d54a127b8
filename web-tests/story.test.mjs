// The whole story in a real browser: a paper is drafted, cleared, released and read; a copy of it gets out; two
// officers of two offices find which. And an article that quotes another paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { browser, look, open, signIn, visitor } from './house.mjs';

const DRAFTER = 'ilse-marrack';
const READERS = ['hester-dunmarrow', 'pilar-embersonne', 'nikolai-astervane'];
const FIRST = 'samir-dace';
const SECOND = 'birgit-lindqvor';
const ARTICLE = readFileSync('../crates/chancery/ministry/article.txt', 'utf8');
const TEXT = `(C) The delegation arrived prior to the meeting, and it began to {press|push} for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now. {=Nothing=} else was said.

(C) In addition, his side wished to take into account the views of the smaller members. It’s a well-known fact that they seldom agree, although nearly all of them attend. The {envoy|ambassador} spoke {first|early}, and {then|later} left {quickly|at once}.

(C) The northern delegation arrived prior to the talks, and it began to press for additional loans regarding the bridge. However, the governor replied that the present sums were {adequate|sufficient} for now.

(C) The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months. The coastal states wished to participate in the survey, and they asked whether the costs would be shared.`;

let house; let engine;
before(async () => { [house, engine] = await Promise.all([open(), browser()]); });
after(async () => { await engine?.close(); await house?.close(); });

/** Somebody at his own browser, who asks nobody else and meets no error, but for what the browser notes of a form that
 * came back. */
const as = async (person, does) => {
  const { context, page, wrong } = await visitor(engine, house.address);
  try {
    await signIn(page, person);
    const out = await does(page);
    assert.deepEqual(wrong.filter((w) => !w.includes('status of 422')), [], person);
    return out;
  } finally { await context.close(); }
};

test('from the draft to the finding', async () => {
  const paper = await as(DRAFTER, async (page) => {
    await page.goto('/drafts/new');
    await look(page, 'draft-new');
    // What cannot be read comes back with what was typed.
    await page.getByLabel('Subject').fill('Harbour');
    await page.getByLabel('Text', { exact: true }).fill('One {word|.');
    await page.getByRole('button', { name: 'Save the draft' }).click();
    await page.getByRole('alert').waitFor();
    await look(page, 'draft-wrong');
    await page.getByLabel('Subject').fill('Harbour: the pilots ask for a bridge');
    await page.getByLabel('Classification').fill('Confidential');
    await page.getByLabel('For action').fill('northern-department');
    await page.getByLabel('For information').fill('minister-private-office, political-director');
    await page.getByLabel('Text', { exact: true }).fill(TEXT);
    // As it is typed, the places and the meter are there.
    await page.locator('#preview .v', { hasText: 'ambassador' }).waitFor();
    await page.locator('#preview .meter').first().waitFor();
    await look(page, 'draft-live');
    await page.getByRole('button', { name: 'Save the draft' }).click();
    await page.getByRole('heading', { name: 'What a leak would tell' }).waitFor();
    await look(page, 'draft');
    // One place is kept, the next one struck, with the keyboard alone.
    await page.keyboard.press('k');
    await page.getByText('Undo the last one').waitFor();
    await page.keyboard.press('s');
    await page.waitForLoadState();
    for (const view of ['All A', 'All B', 'Side by side', 'One sample copy']) {
      await page.getByRole('link', { name: view }).click();
      await page.locator(`[aria-current=true]`, { hasText: view }).waitFor();
      if (view === 'Side by side') await look(page, 'draft-sides');
    }
    await look(page, 'draft-sample');
    const draft = new URL(page.url()).pathname;
    await page.goto(`${draft}/heading`);
    await look(page, 'draft-heading');
    await page.getByRole('button', { name: 'Save subject and label' }).click();
    await page.waitForURL(`**${draft}`);
    await page.goto(`${draft}/text`);
    await look(page, 'draft-text');
    await page.getByLabel('Text', { exact: true }).fill('One {word|.');
    await page.getByRole('button', { name: 'Save the text' }).click();
    await page.getByRole('alert').waitFor();
    await look(page, 'draft-text-wrong');
    await page.goto(draft);
    await page.getByRole('link', { name: 'Marked up' }).click();
    await page.getByText('Ask offices to clear it').click();
    await page.getByLabel('Offices').last().fill('legal-adviser');
    await page.getByRole('button', { name: 'Ask for clearance' }).click();
    await page.getByText('asked', { exact: false }).first().waitFor();
    return new URL(page.url()).pathname.split('/').pop();
  });
  await as(SECOND, async (page) => {
    await page.goto(`/drafts/${paper}`);
    await look(page, 'draft-to-clear');
    await page.locator('summary', { hasText: 'Send it back' }).click();
    await page.getByLabel('Reason').fill('Say which pier.');
    await page.getByRole('button', { name: 'Send it back with this reason' }).click();
    await page.getByText('Sent back by Birgit Lindqvor').waitFor();
    await look(page, 'draft-sent-back');
  });
  await as(DRAFTER, async (page) => {
    await page.goto(`/drafts/${paper}/text`);
    await page.getByLabel('Text', { exact: true }).fill(TEXT);
    await page.getByRole('button', { name: 'Save the text' }).click();
    await page.waitForURL(`**/drafts/${paper}`);
  });
  await as(SECOND, async (page) => {
    await page.goto(`/drafts/${paper}`);
    await page.getByRole('button', { name: 'Clear it as it stands' }).click();
    await page.waitForLoadState();
  });
  await as(DRAFTER, async (page) => {
    await page.goto(`/drafts/${paper}`);
    await page.getByRole('button', { name: 'Approve for release' }).click();
    await page.getByRole('button', { name: 'Release the paper' }).click();
    await page.waitForURL(`**/papers/${paper}`);
  });

  const copies = [];
  for (const reader of READERS) {
    copies.push(await as(reader, async (page) => {
      await page.goto(`/papers/${paper}`);
      await page.getByRole('button', { name: 'Open my copy' }).click();
      await page.locator('article.paper').waitFor();
      const text = await page.locator('article.paper .text p').evaluateAll((all) => all.map((p) => p.textContent));
      await page.getByRole('button', { name: 'As pages' }).click();
      await page.locator('svg.sheet').first().waitFor();
      return text.join('\n\n');
    }));
  }
  assert.equal(new Set(copies).size, READERS.length, 'no two copies are the same');

  // It turns up outside, pasted.
  const inquiry = await as(FIRST, async (page) => {
    await page.goto('/inquiries');
    await look(page, 'inquiries');
    await page.getByLabel('Or paste the text').fill(copies[2]);
    await page.getByRole('button', { name: 'Open an inquiry' }).click();
    await page.getByRole('heading', { name: /^Inquiry I\d+$/ }).waitFor();
    await look(page, 'inquiry-open');
    return new URL(page.url()).pathname;
  });
  await as(SECOND, async (page) => {
    await page.goto('/inquiries');
    await page.getByText('Waiting for an approval that you may give').waitFor();
    await page.goto(inquiry);
    await look(page, 'inquiry-approve');
    await page.getByRole('button', { name: /^Approve inquiry/ }).click();
    await page.getByRole('button', { name: 'Fix the evidence and compare' }).waitFor();
  });
  await as(FIRST, async (page) => {
    await page.goto(inquiry);
    await page.getByRole('button', { name: 'Fix the evidence and compare' }).click();
    await page.getByRole('heading', { name: /^Finding I\d+$/ }).waitFor();
    await page.getByText('Identified: one copy').waitFor();
    await page.locator('svg.plot.wide').first().waitFor();
    await look(page, 'finding');
    const [pack] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the contest pack' }).click(),
    ]);
    assert.match(pack.suggestedFilename(), /^I\d+\.pack$/);
    assert.equal(JSON.parse(readFileSync(await pack.path(), 'utf8')).schema, 'chancery/contest-pack/v1');
  });
  // The reader concerned sees the finding, has it checked elsewhere, and answers; others see nothing of it.
  const finding = inquiry.replace('/inquiries/', '/findings/');
  await as(READERS[2], async (page) => {
    await page.goto('/findings');
    await look(page, 'findings-mine');
    await page.getByRole('link', { name: /^Finding I\d+$/ }).first().click();
    await page.waitForURL(`**${finding}`);
    await look(page, 'finding-of-mine');
    const [pack] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download my contest pack' }).click(),
    ]);
    assert.equal(JSON.parse(readFileSync(await pack.path(), 'utf8')).schema, 'chancery/contest-pack/v1');
    await page.getByLabel('Your answer').fill('My copy lay on the printer in the corridor that afternoon.');
    await page.getByRole('button', { name: 'Give this answer' }).click();
    await page.getByText('lay on the printer').waitFor();
    await look(page, 'finding-answered');
  });
  await as(FIRST, async (page) => {
    await page.goto(inquiry);
    await page.getByText('lay on the printer').waitFor();
  });
  const nobody = await visitor(engine, house.address);
  await signIn(nobody.page, READERS[0]);
  assert.equal((await nobody.page.goto(finding)).status(), 404);
  await nobody.context.close();
  // To the reader there is no such inquiry.
  const other = await visitor(engine, house.address);
  await signIn(other.page, READERS[2]);
  assert.equal((await other.page.goto(inquiry)).status(), 404);
  await other.context.close();
  await as(READERS[2], async (page) => {
    await page.goto('/record');
    for (const form of ['on screen', 'on screen, as pages']) {
      await page.locator('tr.entry', { hasText: `You opened your copy of ${paper}: ${form}Entry` }).first().waitFor();
    }
    await look(page, 'record-of-the-reader');
  });
});

test('an article is taken apart, and told which words are whose', async () => {
  await as(FIRST, async (page) => {
    await page.goto('/inquiries');
    await page.getByLabel('Or paste the article').fill(ARTICLE);
    await page.getByRole('button', { name: 'Look into the article' }).click();
    await page.getByRole('heading', { name: / quotes$/ }).waitFor();
    assert.ok(await page.locator('.q').count() > 3, 'quotations are marked');
    await look(page, 'exposure');
  });
});

test('a draft is given up', async () => {
  await as(DRAFTER, async (page) => {
    await page.goto('/drafts/new');
    await page.getByLabel('Subject').fill('Given up');
    await page.getByLabel('For action').fill('northern-department');
    await page.getByLabel('Text', { exact: true }).fill('Nobody will read this.');
    await page.getByRole('button', { name: 'Save the draft' }).click();
    await page.getByText('Give the draft up').click();
    await page.getByRole('button', { name: 'Give it up' }).click();
    await page.waitForURL('**/drafts');
    assert.equal(await page.getByText('Given up').count(), 0);
  });
});

test('the tour leads from step to step', async () => {
  const { context, page, wrong } = await visitor(engine, house.address);
  await page.goto('/sign-in');
  const steps = await page.locator('.tour li').count();
  assert.ok(steps >= 6, `${steps} steps`);
  for (let at = 0; at < steps; at += 1) {
    await page.goto('/sign-in');
    const step = page.locator('.tour li').nth(at);
    const who = (await step.getByRole('button').innerText()).replace(/^As /, '');
    await step.getByRole('button').click();
    await page.locator('details.who summary b', { hasText: who }).waitFor();
  }
  assert.match(page.url(), /\/record$/);
  assert.deepEqual(wrong, []);
  await context.close();
});
