// The last of all: every page on the list was looked at, in both widths and both themes, and nothing that is not on it.
// What the tests before have seen is in VISITS; `npm test` begins it anew.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VISITS } from './house.mjs';

/** What no route is: an address with nothing there, and the page of a sealed house. */
const BESIDE = ['/nothing-here', '/unseal'];

test('every page was looked at', { skip: !existsSync(VISITS) && 'nothing was looked at; run npm test' }, () => {
  const listed = (does) => readFileSync('pages.txt', 'utf8').split('\n').filter((line) => line.startsWith(`${does} `))
    .map((line) => line.split(' ').slice(1));
  const noted = (what) => readFileSync(VISITS, 'utf8').trim().split('\n').map((line) => line.split(' '))
    .filter(([word]) => word === what).map(([, ...rest]) => rest);
  const looks = listed('look');
  const pattern = (path) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
  // The most exact of several routes is the one: /drafts/new is no draft.
  const route = (method, path) => looks.filter(([m, p]) => m === method && pattern(p).test(path))
    .sort(([, a], [, b]) => (a.match(/\{/g)?.length ?? 0) - (b.match(/\{/g)?.length ?? 0))[0];
  const seen = new Set();
  const unknown = new Set();
  for (const [method, path, width, scheme] of noted('look')) {
    const at = BESIDE.includes(path) ? ['', path] : route(method, path);
    if (at) seen.add([...at, width, scheme].join(' ')); else unknown.add(`${method} ${path}`);
  }
  assert.deepEqual([...unknown], [], 'looked at, and not on the list');
  const missing = [];
  for (const at of [...looks, ...BESIDE.map((path) => ['', path])]) {
    for (const width of [1280, 390]) {
      for (const scheme of ['light', 'dark']) {
        const visit = [...at, width, scheme].join(' ');
        if (!seen.has(visit)) missing.push(visit);
      }
    }
  }
  assert.deepEqual(missing, [], 'on the list, and not looked at');
  const asked = noted('went');
  const untried = listed('go').filter(([m, p]) => !asked.some(([method, path]) => method === m && pattern(p).test(path)));
  assert.deepEqual(untried, [], 'on the list, and not tried');
});
