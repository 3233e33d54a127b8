// The demonstration ministry, served by the program itself, and a browser that may talk to nobody else.
import { spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.CHANCERY ?? '../target/debug/chancery';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SHOTS = process.env.SHOTS ?? '../target/web-shots';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Plays the story and opens the reading room; resolves to its address and a way to close it. */
export const open = () => new Promise((resolve, reject) => {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-web-'));
  const server = spawn(PROGRAM, ['demo', '--port', '0', '--keep', join(folder, 'archive')]);
  let said = '';
  const close = () => new Promise((done) => {
    server.once('exit', () => { rmSync(folder, { recursive: true, force: true }); done(); });
    server.kill('SIGTERM');
  });
  server.stderr.on('data', (data) => process.stderr.write(data));
  server.stdout.on('data', (data) => {
    said += data;
    const address = said.match(/reading room is open at (http:\/\/\S+)\//)?.[1];
    // A cookie that wants a secure connection is kept for localhost alone.
    if (address) resolve({ address: address.replace('127.0.0.1', 'localhost'), close });
  });
  server.once('error', reject);
  server.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${said.slice(-500)}`)));
});

export const browser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** A visitor: a browser of his own, which notes everything that should not happen. */
export const visitor = async (engine, address, { width = 1280, scheme = 'light', script = true } = {}) => {
  const context = await engine.newContext({
    baseURL: address,
    colorScheme: scheme,
    javaScriptEnabled: script,
    viewport: { width, height: width < 860 ? 844 : 900 },
  });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) wrong.push(`asked ${request.url()}`);
  });
  return { context, page, wrong };
};

export const signIn = async (page, person) => {
  await page.goto('/sign-in');
  await page.getByLabel('Person').selectOption(person);
  await page.getByRole('button', { name: 'Sign in as this person' }).click();
  await page.waitForURL('**/');
};

/** What axe finds, as short lines. */
export const axe = async (page) => {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), RULES);
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
};

/** How far the page is wider than the window, and what sticks out. */
export const overflow = (page) => page.evaluate(() => {
  const room = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > room + 1 && box.width > 0 && !e.closest('.nav, .scroll, pre, .vh, .skip');
  });
  const by = document.documentElement.scrollWidth - room;
  return by > 0 ? `${by} px: ${wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(' | ')}` : '';
});

/** Looks at the present page in both widths and both themes: pictures, axe, overflow. */
export const look = async (page, name) => {
  mkdirSync(SHOTS, { recursive: true });
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: width < 860 ? 844 : 900 });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${scheme}.png`, fullPage: true });
      assert.deepEqual(await axe(page), [], `${name} at ${width} px, ${scheme}`);
    }
    for (const w of width === 1280 ? [1280, 900, 640] : [390, 320]) {
      await page.setViewportSize({ width: w, height: 844 });
      assert.equal(await overflow(page), '', `${name} at ${w} px`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
};
