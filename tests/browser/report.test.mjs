// SPDX-License-Identifier: Apache-2.0
// The report in Chromium, from a file: it needs nothing else, every picture shows, nothing is cut off, on paper and in
// the dark, and its tables say what the project says.
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

/** Rows of a query on the project. */
function rows(query) {
  const code = 'import json,sqlite3,sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))';
  return JSON.parse(execFileSync('python3', ['-c', code, process.env.GRIDLOOM_PROJECT, query], { encoding: 'utf8' }));
}

/** Texts of the cells of a section's tables, folded ones too. */
const tables = (page, section) =>
  page.$$eval(`#${section} table`, (all) => all.map((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent))));

const number = (text) => Number(text.replaceAll(',', ''));

async function open(lang, viewport) {
  const page = await browser.context.newPage();
  const seen = [];
  page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
  page.on('pageerror', (error) => seen.push(String(error)));
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

test('every section is there, and the contents lead to it', async () => {
  const { page } = await open('en');
  const sections = await page.$$eval('section', (all) => all.map((section) => section.id));
  for (const id of ['maps', 'close-up', 'decisions', 'unmet', 'plans', 'conflicts', 'quality', 'cells', 'nestings', 'distances', 'support', 'crosswalk', 'formulas'])
    assert.ok(sections.includes(id), id);
  assert.deepEqual(await page.$$eval('nav a', (all) => all.map((link) => link.hash.slice(1))), sections);
  await page.close();
});

test('tables say what the project says', async () => {
  const { page } = await open('en');
  const [[grids]] = rows('SELECT count(*) FROM grids');
  assert.ok((await page.textContent('.facts')).includes(grids.toLocaleString('en')));
  const unmet = (await tables(page, 'unmet')).flat();
  const stored = rows("SELECT g.name, g.code, g.households FROM conflicts c JOIN grids g ON g.code = c.grid_code WHERE c.kind = 'unmet_target'");
  assert.deepEqual(unmet.map((row) => `${row[0]}: ${number(row[1])}`).sort(),
                   stored.map(([name, code, households]) => `${name} (${code}): ${Math.round(households)}`).sort());
  const plans = (await tables(page, 'plans')).at(-1);
  assert.equal(plans.length, rows('SELECT count(*) FROM plans')[0][0]);
  assert.equal(plans.reduce((sum, row) => sum + number(row[3]), 0), rows('SELECT sum(grids) FROM plans')[0][0]);
  const cells = (await tables(page, 'cells'))[0];
  assert.equal(cells.length, 13);
  for (const [, delivered, ...where] of cells) assert.equal(where.map(number).reduce((a, b) => a + b), number(delivered));
  await page.close();
});

test('axes are named and numbered, colours differ', async () => {
  const { page } = await open('en');
  const charts = await page.$$eval('svg.chart', (all) => all.map((svg) => ({
    titles: svg.querySelectorAll('.title').length,
    values: [...svg.querySelectorAll('.end:not(.mark)')].map((text) => text.textContent),
    spill: [...svg.querySelectorAll('text')].some((text) => {
      const inner = text.getBoundingClientRect(), outer = svg.getBoundingClientRect();
      return inner.left < outer.left - 8 || inner.right > outer.right + 8 || inner.top < outer.top - 4 || inner.bottom > outer.bottom + 4;
    }),
  })));
  assert.ok(charts.length >= 14);
  for (const chart of charts) assert.ok(chart.titles === 2 && chart.values.length >= 3 && chart.values[0] === '0' && !chart.spill, JSON.stringify(chart));
  const colours = await page.$$eval('#maps .legend i[class^=d]', (all) => all.map((i) => getComputedStyle(i).backgroundColor));
  assert.equal(colours.length, 12);
  assert.equal(new Set(colours).size, 12);
  for (const map of await page.$$('svg.map')) assert.equal(await map.$$eval('.scale-text, .north', (all) => all.length), 2);
  await page.close();
});

for (const width of [360, 400, 768])
  test(`nothing is wider than a screen of ${width} px but what scrolls by itself`, async () => {
    const { page } = await open('zh', { width, height: 800 });
    await page.$$eval('details', (all) => all.forEach((part) => (part.open = true)));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.close();
  });

test('it is dark where the reader wants it dark, and can be read', async () => {
  const { page } = await open('en');
  const contrast = () => page.evaluate(() => {
    const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number)
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = light(getComputedStyle(document.body).backgroundColor);
    return ['body', 'h2', 'section > p', 'figcaption', 'a', '.flag', 'th', 'td'].map((what) => {
      const ink = light(getComputedStyle(document.querySelector(what)).color);
      return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    }).concat(ground);
  });
  for (const [colorScheme, dark] of [['light', false], ['dark', true]]) {
    await page.emulateMedia({ colorScheme });
    const ratios = await contrast();
    assert.equal(ratios.pop() < 0.1, dark);
    assert.ok(Math.min(...ratios) >= 4.5, `${colorScheme}: ${ratios}`);
  }
  await page.close();
});

test('on paper what is folded is open, and nothing is cut', async () => {
  const { page } = await open('en', { width: 703, height: 1000 });  // A4 less the margins
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.isVisible('nav'), false);
  const hidden = await page.$$eval('details table', (all) => all.filter((table) => table.getBoundingClientRect().height < 10).length);
  assert.equal(hidden, 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  for (const figure of await page.$$('figure')) assert.equal(await figure.evaluate((f) => getComputedStyle(f).breakInside), 'avoid');
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages >= 8 && pages <= 40, `${pages} pages`);
  await page.close();
});

test('English apostrophes are not as wide as Chinese ones', async () => {
  const { page } = await open('en');
  const ems = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('span'));
    const wide = (text) => ((probe.textContent = text), probe.getBoundingClientRect().width);
    return (wide('x’x’x’') - wide('xxx')) / 3 / parseFloat(getComputedStyle(probe).fontSize);
  });
  assert.ok(ems < 0.45, `${ems} em`);
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
