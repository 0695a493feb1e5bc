// SPDX-License-Identifier: Apache-2.0
// The heat layer in Chromium: each control changes the tiles that are asked for, and new incidents show by themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, openServer, openServerOfCopy, tilesLoaded } from './browser.mjs';
import { at, clickMiddle, openTab } from './tab.mjs';

const place = { lon: -73.9855, lat: 40.758 };
const project = process.env.GRIDLOOM_PROJECT;

let server;
let browser;
let info;

before(async () => {
  server = await openServer();
  browser = await openBrowser();
  info = await (await fetch(`${server.url}/api/incidents`)).json();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => Promise.all(browser.context.pages().map((page) => page.close())));

const open = (path, on = server, context = browser.context) => openTab(on, context, path);
const hashOf = ({ page }) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const heatTiles = ({ seen }) => seen.requests.filter((url) => url.includes('/tiles/heat/'));

/** The questions of the heat tiles asked for since `act` began: all alike. */
async function asked(tab, act) {
  tab.seen.requests.length = 0;
  const first = tab.page.waitForResponse((response) => response.url().includes('/tiles/heat/'));
  await act();
  assert.equal((await first).status(), 200);
  await tilesLoaded(tab.page);
  const newest = heatTiles(tab).at(-1);
  const question = new URL(newest).searchParams;
  question.delete('v');
  return Object.fromEntries(question);
}

/** How much of the heat layer's own canvas is painted, and how strongly: alpha from 0 to 255, on average. */
const glow = ({ page }) =>
  page.locator('.heat canvas').evaluate((canvas) => {
    const opacity = Number(getComputedStyle(canvas).opacity) * Number(getComputedStyle(canvas.parentElement).opacity);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) {
      sum += data[i] * opacity;
      painted += data[i] > 0;
    }
    return { mean: sum / (data.length / 4), painted };
  });

const dayBefore = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

test('the heat is off at first, and a switch shows it with its controls, legend and address', async () => {
  const tab = await open(`?lang=en${at(place, 12)}`);
  assert.equal(heatTiles(tab).length, 0);
  assert.equal(await tab.id('heat-controls').isVisible(), false);
  const question = await asked(tab, () => tab.id('heat-switch').check());
  const last = info.last.slice(0, 10);
  assert.deepEqual(question, { from: dayBefore(last, 29), radius: '500' });
  assert.ok(await tab.id('heat-controls').isVisible());
  assert.equal(hashOf(tab).get('heat'), '1');
  assert.equal(hashOf(tab).get('days'), '30');
  assert.ok((await glow(tab)).painted > 1000);
  await tab.id('heat-switch').uncheck();
  assert.equal(hashOf(tab).get('heat'), null);
  await tab.page.locator('.heat canvas').waitFor({ state: 'hidden' }); // the map drops it with its next frame
  assert.equal(await tab.page.locator('.heat canvas').isVisible().catch(() => false), false);
  assert.deepEqual(tab.seen.errors, []);
});

test('every control asks for other tiles and stands in the address', async () => {
  const tab = await open(`?lang=en${at(place, 12, 'map=grids&heat=1')}`);
  const { id } = tab;
  const steady = { radius: '500' };
  const last = info.last.slice(0, 10);

  assert.deepEqual(await asked(tab, () => id('heat-period').selectOption('365')), { ...steady, from: dayBefore(last, 364) });
  assert.deepEqual(await asked(tab, () => id('heat-period').selectOption('all')), steady);

  // "Until" is a day that counts.
  await asked(tab, () => id('heat-period').selectOption('dates'));
  await asked(tab, () => id('heat-from').fill('2015-06-01'));
  const dates = await asked(tab, () => id('heat-to').fill('2015-08-31'));
  assert.deepEqual(dates, { ...steady, from: '2015-06-01', to: '2015-09-01' });
  assert.equal(hashOf(tab).get('from'), '2015-06-01');
  assert.equal(hashOf(tab).get('to'), '2015-08-31');

  await asked(tab, () => id('heat-hour-from').selectOption('22'));
  assert.equal((await asked(tab, () => id('heat-hour-until').selectOption('4'))).hours, '22-4');
  assert.equal(hashOf(tab).get('hours'), '22-4');

  await asked(tab, () => id('heat-day-7').click());
  assert.equal((await asked(tab, () => id('heat-day-6').click())).weekdays, '6,7');
  assert.equal(await id('heat-day-1').getAttribute('aria-pressed'), 'false');
  assert.equal(await id('heat-day-6').getAttribute('aria-pressed'), 'true');

  const category = info.categories[2];
  assert.equal((await asked(tab, () => id('heat-category').selectOption(category))).category, category);
  assert.equal(hashOf(tab).get('cat'), category);

  assert.equal((await asked(tab, () => id('heat-radius').fill('7'))).radius, '1000');
  assert.equal(hashOf(tab).get('r'), '1000');

  // The question in the address is what the server counts.
  const query = new URLSearchParams({ from: '2015-06-01', to: '2015-09-01', hours: '22-4', weekdays: '6,7', category });
  const { selected } = await (await fetch(`${server.url}/api/incidents?${query}`)).json();
  await tab.page.waitForFunction(
    (text) => document.querySelector('[data-testid=heat-counted]').innerText.startsWith(text),
    `${new Intl.NumberFormat('en').format(selected)} of`,
  );
  assert.deepEqual(tab.seen.errors, []);
});

test('the opacity is of the heat alone', async () => {
  const tab = await open(`?lang=en${at(place, 12, 'map=grids&heat=1&days=all&ho=100')}`);
  const strong = await glow(tab);
  await tab.id('heat-opacity').fill('40');
  await tab.page.waitForTimeout(500);
  assert.equal(hashOf(tab).get('ho'), '40');
  assert.equal(hashOf(tab).get('o'), null);
  const weak = await glow(tab);
  assert.ok(Math.abs(weak.mean / strong.mean - 0.4) < 0.03, `${strong.mean} → ${weak.mean}`);
  assert.ok(Math.abs(weak.painted / strong.painted - 1) < 0.05, 'it lies where it lay');
});

test('an address shows the same heat again, also when it changes', async () => {
  const hash = 'map=zones&heat=1&from=2015-06-01&to=2015-08-31&hours=22-4&wd=6,7&r=750&ho=60';
  const tab = await open(`?lang=en${at(place, 12, hash)}`);
  const { id } = tab;
  assert.ok(await id('heat-switch').isChecked());
  assert.equal(await id('heat-period').inputValue(), 'dates');
  assert.equal(await id('heat-from').inputValue(), '2015-06-01');
  assert.equal(await id('heat-to').inputValue(), '2015-08-31');
  assert.equal(await id('heat-hour-from').inputValue(), '22');
  assert.equal(await id('heat-hour-until').inputValue(), '4');
  assert.equal(await id('heat-day-7').getAttribute('aria-pressed'), 'true');
  assert.equal(await id('heat-opacity').inputValue(), '60');
  const question = Object.fromEntries(new URL(heatTiles(tab)[0]).searchParams);
  delete question.v;
  assert.deepEqual(question, { from: '2015-06-01', to: '2015-09-01', hours: '22-4', weekdays: '6,7', radius: '750' });
  const next = await asked(tab, () => tab.page.evaluate(() => (location.hash = location.hash.replace('r=750', 'r=300'))));
  assert.equal(next.radius, '300');
  assert.equal(await id('heat-switch').isChecked(), true);
});

test('the legend is the server’s pinned scale, with its unit and the time it counts', async () => {
  const tab = await open(`?lang=en${at(place, 12, 'map=grids&heat=1&days=30')}`);
  const legend = await tab.id('heat-legend').innerText();
  assert.match(legend, /Incidents per km²/);
  assert.match(legend, /in 30 days/);
  const { lowest, highest, colors } = info.heat_scale;
  const number = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
  assert.ok(legend.includes(number.format(lowest)) && legend.includes(`≥ ${number.format(highest)}`), legend);
  const ramp = await tab.id('heat-ramp').evaluate((element) => element.style.backgroundImage);
  assert.equal(ramp.split('rgb').length - 1, colors.length);
  await tab.id('heat-period').selectOption('all');
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=heat-legend]').innerText.includes('over all time'));
  await tab.id('lang-zh').click();
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=heat-legend]').innerText.includes('每平方公里事件数'));
  assert.ok(await tab.id('heat-switch').isChecked());
});

test('the keyboard alone works the heat, and the focus stays where it is used', async () => {
  const tab = await open(`?lang=en${at(place, 12)}`);
  const { page, id } = tab;
  await id('heat-switch').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'heat-period');
  await id('heat-radius').focus();
  assert.equal((await asked(tab, () => page.keyboard.press('ArrowRight'))).radius, '750');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'heat-radius');
  assert.equal(await id('heat-radius').getAttribute('aria-valuetext'), '750 m');
  await id('heat-day-3').focus();
  assert.equal((await asked(tab, () => page.keyboard.press('Enter'))).weekdays, '3');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'heat-day-3');
});

test('on a phone the controls fit and scroll', async () => {
  const phone = await openBrowser({ viewport: { width: 390, height: 780 }, deviceScaleFactor: 2 });
  try {
    const tab = await open(`?lang=en${at(place, 12, 'map=grids&heat=1&days=all')}`, server, phone.context);
    assert.ok(heatTiles(tab).every((url) => url.includes('@2x.png')) && heatTiles(tab).length > 0);
    await tab.id('toggle-controls').click();
    await tab.id('heat-opacity').scrollIntoViewIfNeeded();
    for (const name of ['heat-period', 'heat-category', 'heat-radius', 'heat-opacity', 'heat-legend']) {
      const box = await tab.id(name).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 390, `${name}: ${JSON.stringify(box)}`);
    }
    assert.deepEqual(tab.seen.errors, []);
  } finally {
    await phone.close();
  }
});

test('a grid tells its incidents by category, of 30 days and of all time', async () => {
  const tab = await open(`?lang=en${at(place, 15)}`);
  await clickMiddle(tab);
  await tab.id('all-total').waitFor();
  const code = await tab.id('answer-code').innerText();
  const counts = async (more) => {
    const query = new URLSearchParams({ by: 'category', area: `grid:${code}`, format: 'json', ...more });
    return (await fetch(`${server.url}/api/incidents/counts?${query}`)).json();
  };
  const total = await counts({});
  const recent = await counts({ from: dayBefore(info.last.slice(0, 10), 29) });
  const sum = (rows) => rows.reduce((all, row) => all + row.count, 0);
  const number = new Intl.NumberFormat('en');
  assert.equal(await tab.id('all-total').innerText(), number.format(sum(total)));
  assert.equal(await tab.id('recent-total').innerText(), number.format(sum(recent)));
  assert.equal(await tab.id('stat-incidents').innerText(), number.format(sum(total)));
  const rows = await tab.id('category-row').evaluateAll((all) => all.map((row) => ({ ...row.dataset })));
  assert.equal(rows.reduce((all, row) => all + Number(row.total), 0), sum(total));
  assert.equal(rows.reduce((all, row) => all + Number(row.recent), 0), sum(recent));
  for (const row of rows.filter((r) => r.category !== '…'))
    assert.equal(Number(row.total), total.find((r) => r.category === row.category).count, row.category);
});

test('incidents that are posted or imported show by themselves: heat, map, legend, figures, card', { skip: !project && 'needs GRIDLOOM_PROJECT' }, async () => {
  const own = await openServerOfCopy();
  const folder = await mkdtemp(join(tmpdir(), 'gridloom-import-'));
  try {
    const tab = await open(`?lang=en${at(place, 15, 'map=incidents&heat=1&days=1')}`, own);
    const { page, id } = tab;
    await clickMiddle(tab);
    await id('all-total').waitFor();
    const number = new Intl.NumberFormat('en');
    const shown = async () => Number((await id('stat-incidents').innerText()).replaceAll(',', ''));
    const before = { grid: await shown(), glow: await glow(tab), all: info.incidents };
    const day = info.last.slice(0, 10);
    const rows = Array.from({ length: 500 }, (_, i) => ({ id: `live-${i}`, occurred_at: `${day}T23:59:00`, category: 'Flood', ...place }));
    const posted = await fetch(`${own.url}/api/incidents`, { method: 'POST', body: JSON.stringify(rows) });
    assert.equal((await posted.json()).added, 500);
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid=figure-incidents] dd').innerText === text,
      number.format(before.all + 500),
      { timeout: 5000 },
    );
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid=stat-incidents]').innerText === text,
      number.format(before.grid + 500),
    );
    assert.equal(await page.locator('[data-category=Flood]').getAttribute('data-recent'), '500');
    assert.ok((await id('heat-category').locator('option').allInnerTexts()).includes('Flood'));
    await tilesLoaded(page);
    const warm = await glow(tab);
    assert.ok(warm.mean > before.glow.mean + 1, `${JSON.stringify(before.glow)} → ${JSON.stringify(warm)}`);
    assert.ok(tab.seen.requests.some((url) => url.includes('/tiles/incidents/') && /[?&]v=2-/.test(url)), 'the map follows');
    const legend = (await (await fetch(`${own.url}/tiles/incidents.json`)).json()).legend.map(({ label }) => label.en);
    assert.deepEqual(await id('legend-entry').allInnerTexts(), legend);

    // Another process adds to the same project.
    const file = join(folder, 'more.csv');
    const lines = Array.from({ length: 200 }, (_, i) => `import-${i},${day}T12:00:00,Flood,${place.lon},${place.lat}`);
    await writeFile(file, `id,occurred_at,category,lon,lat\n${lines.join('\n')}\n`);
    const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
    execFileSync(process.env.GRIDLOOM ?? join(root, 'build/gridloom'), ['incidents', 'import', own.project, file], { cwd: root });
    await page.waitForFunction(
      (text) => document.querySelector('[data-testid=stat-incidents]').innerText === text,
      number.format(before.grid + 700),
      { timeout: 8000 },
    );
    assert.deepEqual(tab.seen.errors, []);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await own.stop();
  }
});

test('a server that is gone is told, and one that is back is followed again', async () => {
  const tab = await open(`?lang=en${at(place, 13)}`);
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=live]').innerText === 'follows new incidents');
  await tab.page.route('**/api/incidents/epoch', (route) => route.abort());
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=live]').innerText === 'no connection');
  await tab.page.unroute('**/api/incidents/epoch');
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=live]').innerText === 'follows new incidents');
});
