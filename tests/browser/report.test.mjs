// SPDX-License-Identifier: Apache-2.0
// The report in Chromium, from a file: it needs nothing else, every picture shows, nothing is cut off.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';

let folder;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gridloom-report-'));
  for (const lang of ['en', 'zh'])
    execFileSync(process.env.GRIDLOOM, ['report', process.env.GRIDLOOM_PROJECT, '-o', join(folder, `${lang}.html`), '--lang', lang]);
  browser = await openBrowser({ acceptDownloads: true });
});

after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(lang, viewport) {
  const page = await browser.context.newPage();
  const seen = [];
  page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
  page.on('request', (request) => /^https?:/.test(request.url()) && seen.push(request.url()));
  if (viewport) await page.setViewportSize(viewport);
  await page.goto(`file://${folder}/${lang}.html`);
  return { page, seen };
}

for (const lang of ['en', 'zh'])
  test(`every picture shows and nothing is fetched (${lang})`, async () => {
    const { page, seen } = await open(lang);
    const pictures = await page.$$eval('svg', (all) =>
      all.map((svg) => ({ name: svg.getAttribute('aria-label'), width: svg.clientWidth, height: svg.clientHeight, drawn: svg.childElementCount })));
    assert.ok(pictures.length > 40);
    for (const picture of pictures) assert.ok(picture.width > 100 && picture.height > 50 && picture.drawn > 1, JSON.stringify(picture));
    assert.equal(await page.$$eval('section', (all) => all.length), await page.$$eval('section[id] > h2', (all) => all.length));
    assert.deepEqual(seen, []);
    await page.close();
  });

test('nothing is wider than a phone but what scrolls by itself', async () => {
  const { page } = await open('zh', { width: 400, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.close();
});

test('a crosswalk can be saved', async () => {
  const { page } = await open('zh');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a.download')]);
  const text = await readFile(await saved.path(), 'utf8');
  assert.ok(saved.suggestedFilename().startsWith('nyc_crosswalk_'));
  assert.ok(text.includes('feature_id,grid_code,area_m2') && text.split('\n').length > 100);
  await page.close();
});
