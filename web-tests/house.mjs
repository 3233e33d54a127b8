// Houses served by the program itself, the demonstration ministry above all, and a browser that may talk to nobody else.
import { execFileSync, spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.CHANCERY ?? '../target/debug/chancery';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SHOTS = process.env.SHOTS ?? '../target/web-shots';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A folder that goes when the tests end. */
export const scratch = () => {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-web-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Runs the program to its end; what it said. */
export const run = (...args) => execFileSync(PROGRAM, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** The program as it serves: what it has said so far, its address once it has said `ready`, and a way to end it. */
const serving = (args, ready) => new Promise((resolve, reject) => {
  const server = spawn(PROGRAM, args);
  const house = { said: '' };
  house.close = () => new Promise((done) => { server.once('exit', done); server.kill('SIGTERM'); });
  server.stderr.on('data', (data) => process.stderr.write(data));
  server.stdout.on('data', (data) => {
    house.said += data;
    const address = house.said.match(ready)?.[1];
    // A cookie that wants a secure connection is kept for localhost alone.
    if (address) { house.address = address.replace('127.0.0.1', 'localhost'); resolve(house); }
  });
  server.once('error', reject);
  server.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${house.said.slice(-500)}`)));
});

/** Plays the story and opens the reading room. */
export const open = () => serving(['demo', '--port', '0'], /reading room is open at (http:\/\/\S+)\//);

/** Opens the reading room of an archive, sealed or not. */
export const serve = (archive, port, ...args) =>
  serving(['--archive', archive, 'serve', '--listen', `127.0.0.1:${port}`, ...args], /(http:\/\/[0-9.:]+)\/ (?:says|\(Ctrl)/);

/** An archive with a keeper and a reader in its registry; `shares` as `init` takes them. What `init` said. */
export const small = (archive, ...shares) => {
  const made = JSON.parse(run('--json', 'init', archive, ...shares));
  for (const words of (made.shares ?? []).slice(0, 2)) unseal(archive, words.words);
  const act = (...args) => run('--archive', archive, ...args);
  act('office', 'add', 'registry', '--title', 'Registry');
  for (const [person, name] of [['reed', 'Ada Reed'], ['pell', 'Jon Pell']]) {
    act('person', 'add', person, '--name', name);
    act('posting', 'start', person, 'registry', '--from', '2025-01-01');
  }
  const rules = `${archive}.toml`;
  writeFileSync(rules, 'custodian = "registry"\n');
  act('house', 'set', rules, '--as', 'reed');
  return made;
};

const unseal = (archive, words) => execFileSync(PROGRAM, ['--archive', archive, 'unseal'], { input: words, stdio: ['pipe', 'ignore', 'inherit'] });

/** A port that nobody listens at. */
export const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

export const browser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** Where it is noted what was asked for, and which pages were looked at; `visited.test.mjs` reads it. */
export const VISITS = join(SHOTS, 'visits.txt');
/** How each page was come by. */
const methods = new WeakMap();

const note = (...words) => {
  mkdirSync(SHOTS, { recursive: true });
  appendFileSync(VISITS, `${words.join(' ')}\n`);
};
const went = (page, request) => {
  if (request.isNavigationRequest() && request.frame() === page.mainFrame()) methods.set(page, request.method());
  note('went', request.method(), new URL(request.url()).pathname);
};

/** A visitor: a browser of his own, which notes everything that should not happen; it may ask the house and those in `also`. */
export const visitor = async (engine, address, { width = 1280, scheme = 'light', script = true, also = [] } = {}) => {
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
    went(page, request);
    if (![address, ...also].some((known) => request.url().startsWith(`${known}/`))) wrong.push(`asked ${request.url()}`);
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

/** How much of the page has jumped by itself since it came. */
export const shift = (page) => page.evaluate(() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(sum), 150);
}));

/** With more room between lines, words and letters (WCAG 1.4.12): what no longer fits. */
const spaced = async (page) => {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
    document.adoptedStyleSheets = [sheet];
  });
  const wide = await overflow(page);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  return wide;
};

/** How much of the window is taken by what stays in sight while one scrolls. */
const stuck = (page) => page.evaluate(() => [...document.querySelectorAll('body *')].reduce((sum, e) => {
  const style = getComputedStyle(e);
  return sum + (['sticky', 'fixed'].includes(style.position) ? e.getBoundingClientRect().height : 0);
}, 0) / innerHeight);

/** Looks at the present page in one width and one theme: picture, axe, overflow also where it is narrower and with the text
 * spaced out. 1280 x 900 at 200 % zoom is a window of 640 x 450: there, what stays in sight leaves room to read. */
export const lookOnce = async (page, name, width, scheme) => {
  const height = width < 860 ? 844 : 900;
  const at = `${name} at ${width} px, ${scheme}`;
  note('look', methods.get(page), new URL(page.url()).pathname, width, scheme);
  await page.screenshot({ path: `${SHOTS}/${name}-${width}-${scheme}.png`, fullPage: true });
  assert.deepEqual(await axe(page), [], at);
  for (const [w, h] of width === 1280 ? [[1280, height], [900, height], [640, 450]] : [[390, height], [320, height]]) {
    await page.setViewportSize({ width: w, height: h });
    assert.equal(await overflow(page), '', `${at}: ${w} px`);
    if (h < 800) assert.ok(await stuck(page) < 0.3, `${at}: at 200 % what stays in sight leaves no room`);
  }
  await page.setViewportSize({ width, height });
  assert.equal(await spaced(page), '', `${at}: with the text spaced out`);
};

/** Looks at the present page in both widths and both themes. */
export const look = async (page, name) => {
  const jumped = await shift(page);
  assert.ok(jumped < 0.02, `${name}: it jumped by ${jumped}`);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: width < 860 ? 844 : 900 });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await lookOnce(page, name, width, scheme);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
};

/** Goes through the page with the tabulator alone; what of it has the focus and cannot be seen. */
export const hiddenStops = async (page, stops) => {
  const hidden = [];
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press('Tab');
    const unseen = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const box = e.getBoundingClientRect();
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return at && (e.contains(at) || at.contains(e)) ? null : e.outerHTML.slice(0, 100);
    });
    if (unseen) hidden.push(unseen);
  }
  return hidden;
};
