// SPDX-License-Identifier: Apache-2.0
// The page in Chromium against a real server over the fused sample city: what a person sees is what the server answers.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openBrowser, openServer, tilesLoaded } from './browser.mjs';
import { at, clickMiddle, openTab } from './tab.mjs';

// Times Square, in the sample city's own CRS too; and the open sea before the harbour.
const place = { lon: -73.9855, lat: 40.758 };
const placeInCityCrs = '585632.974, 4512388.313';
const sea = { lon: -73.93, lat: 40.5 };

let server;
let browser;
let city;

before(async () => {
  server = await openServer();
  browser = await openBrowser();
  city = await (await fetch(`${server.url}/api/city`)).json();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => Promise.all(browser.context.pages().map((page) => page.close())));

const open = (path, context = browser.context) => openTab(server, context, path);

async function locate({ lon, lat }) {
  const response = await fetch(`${server.url}/api/locate?lon=${lon}&lat=${lat}`);
  assert.equal(response.status, 200);
  return response.json();
}

const shownRows = ({ id }) =>
  id('responsibility-row').evaluateAll((rows) =>
    rows.map((row) => ({
      layer: row.dataset.layer,
      unit: row.dataset.unit ?? null,
      status: row.dataset.status,
      share: Number(row.dataset.share),
      text: row.innerText,
    })),
  );

async function assertShows(tab, answer) {
  assert.equal(await tab.id('answer-code').innerText(), answer.grid.code);
  const lang = (await tab.page.evaluate(() => document.documentElement.lang)).slice(0, 2);
  assert.equal(await tab.id('answer-name').innerText(), answer.grid.name[lang]);
  const codes = await tab.id('admin-chain').locator('li').evaluateAll((items) => items.map((item) => item.dataset.code));
  assert.deepEqual(codes, answer.admin.map((unit) => unit.code));
  const rows = await shownRows(tab);
  assert.deepEqual(
    rows.map(({ layer, unit, status, share }) => ({ layer, unit, status, share })),
    answer.responsibilities.map((r) => ({ layer: r.layer, unit: r.unit_id, status: r.status, share: r.share })),
  );
  rows.forEach((row, i) => {
    const expected = answer.responsibilities[i].unit_name || answer.responsibilities[i].unit_id || '—';
    assert.ok(row.text.includes(expected), `${row.layer}: "${row.text}" does not name ${expected}`);
  });
}

/** Pixels of the map's own canvases, counted by colour class. */
const pixels = (page) =>
  page.getByTestId('map').evaluate((map) => {
    const colours = new Set();
    let amber = 0;
    for (const canvas of map.querySelectorAll('canvas')) {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 200) continue;
        colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
        if (Math.abs(data[i] - 255) + Math.abs(data[i + 1] - 178) + Math.abs(data[i + 2] - 36) < 12) amber++;
      }
    }
    return { colours: colours.size, amber };
  });

test('the city, its key figures and its map', async () => {
  const { page, seen, id } = await open('?lang=en');
  assert.equal(await id('city-name').innerText(), city.name.en);
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  for (const [figure, value] of [
    ['grids', city.grids],
    ['population', city.population],
    ['incidents', city.incidents],
    ['layers', city.layers.length],
  ])
    assert.ok((await id(`figure-${figure}`).innerText()).includes(number.format(value)), figure);
  assert.ok((await pixels(page)).colours > 20, 'the map is drawn in more than a few colours');
  assert.ok(seen.requests.some((url) => /\/tiles\/grids\/WebMercatorQuad\/\d+\/\d+\/\d+\.png/.test(url)));
  assert.ok(seen.requests.some((url) => /\/tiles\/grids\/WebMercatorQuad\/\d+\/\d+\/\d+\.mvt/.test(url)));
  assert.ok(await id('scale').isVisible());
  assert.equal(await id('toast').innerText(), '');
  assert.deepEqual(seen.errors, []);
});

test('a click reads the grid and who is responsible in all twelve layers', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  const before = await pixels(tab.page);
  await clickMiddle(tab);
  const answer = await locate(place);
  assert.equal(answer.found, true);
  assert.equal(answer.responsibilities.length, 12);
  await assertShows(tab, answer);
  await tilesLoaded(tab.page);
  await tab.page.waitForTimeout(300);
  const after = await pixels(tab.page);
  assert.ok(after.amber > before.amber + 200, `the grid is outlined: ${before.amber} → ${after.amber} amber pixels`);
  assert.ok((await tab.id('speaker').textContent()).includes(answer.grid.code));
  assert.deepEqual(tab.seen.errors, []);
});

test('a click beside the centre asks for the place under the pointer', async () => {
  const zoom = 14;
  const tab = await open(`?lang=en${at(place, zoom)}`);
  const [dx, dy] = [-160, 120];
  await clickMiddle(tab, dx, dy);
  const asked = new URLSearchParams(new URL(tab.page.url()).hash.slice(1)).get('at').split(',').map(Number);
  const degrees = 360 / (256 * 2 ** zoom); // per pixel, of longitude
  const lon = place.lon + dx * degrees;
  const lat = place.lat - dy * degrees * Math.cos((place.lat * Math.PI) / 180);
  assert.ok(Math.abs(asked[0] - lon) < 2 * degrees && Math.abs(asked[1] - lat) < 2 * degrees, `${asked} is ${lon},${lat}`);
  await assertShows(tab, await locate({ lon: asked[0], lat: asked[1] }));
  assert.notEqual((await locate(place)).grid.code, await tab.id('answer-code').innerText());
});

test('a place outside the city has a clear answer', async () => {
  const tab = await open(`?lang=en${at(sea, 13)}`);
  await clickMiddle(tab);
  const answer = await locate(sea);
  assert.equal(answer.found, false);
  assert.equal((await tab.id('outside').innerText()).trim(), answer.message.en);
  assert.equal(await tab.id('responsibility-row').count(), 0);
  assert.deepEqual(tab.seen.errors, []);
});

test('Chinese and English, kept for the next visit', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  await clickMiddle(tab);
  const answer = await locate(place);
  await tab.id('lang-zh').click();
  assert.equal(await tab.page.evaluate(() => document.documentElement.lang), 'zh-CN');
  assert.equal(await tab.id('city-name').innerText(), city.name.zh);
  const rows = await shownRows(tab);
  answer.responsibilities.forEach((r, i) => assert.ok(rows[i].text.includes(r.title.zh), r.title.zh));
  assert.ok((await tab.id('answer').innerText()).includes('责任单位'));
  await tilesLoaded(tab.page);
  assert.ok(tab.seen.requests.some((url) => url.includes('.png') && url.includes('lang=zh')));
  assert.ok(new URL(tab.page.url()).hash.includes('lang=zh'));

  const next = await open('');
  assert.equal(await next.page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await next.id('lang-en').click();
  assert.equal(await next.id('city-name').innerText(), city.name.en);
  const asked = await open('?lang=zh');
  assert.equal(await asked.id('city-name').innerText(), city.name.zh);
  await asked.id('lang-en').click();
  await asked.page.reload();
  await asked.page.waitForSelector('[data-testid=city-name]');
  assert.equal(await asked.id('city-name').innerText(), city.name.en, 'a choice outlives ?lang=');
});

test('no word is left in the other language', async () => {
  const tab = await open(`?lang=en${at(place, 15, 'map=grids&heat=1')}`);
  await clickMiddle(tab);
  const words = await tab.page.evaluate(() => {
    document.querySelectorAll('[lang]:not(html)').forEach((element) => element.remove());
    const named = [...document.querySelectorAll('[aria-label],[title],[placeholder]')].flatMap((element) =>
      ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''),
    );
    return `${document.title} ${document.body.innerText} ${named.join(' ')}`;
  });
  assert.equal(/[\u4e00-\u9fff]/.exec(words), null);
});

test('four maps, twelve layers, each with its legend', async () => {
  const maps = [...city.maps].reverse(); // the page starts with the first: not a choice
  const tab = await open(`?lang=en${at(place, 12)}`);
  const { page, seen, id } = tab;
  assert.equal(city.layers.length, 12);
  for (const map of maps) {
    await id(`map-option-${map.id}`).click();
    const layer = map.needs_layer ? city.layers[3].id : null;
    if (layer) {
      assert.equal(await page.locator('[data-testid^=layer-option-]').count(), 12);
      await id(`layer-option-${layer}`).click();
    } else {
      assert.equal(await id('layers').count(), 0);
    }
    const query = layer ? `?layer=${layer}` : '';
    const expected = (await (await fetch(`${server.url}/tiles/${map.id}.json${query}`)).json()).legend;
    assert.ok(expected.length > 0);
    const told = expected.map(({ color, label }) => ({ color, label: label.en }));
    const legend = () =>
      id('legend-entry').evaluateAll((entries) =>
        entries.map((entry) => ({ color: entry.dataset.colour, label: entry.innerText.trim() })),
      );
    // The legend of the map before may have as many entries.
    for (let tries = 0; tries < 100 && JSON.stringify(await legend()) !== JSON.stringify(told); tries += 1)
      await page.waitForTimeout(50);
    assert.deepEqual(await legend(), told);
    await tilesLoaded(page);
    const tiles = seen.requests.filter((url) => url.includes(`/tiles/${map.id}/`) && url.includes('.png'));
    assert.ok(tiles.length > 0, `${map.id} asks for tiles`);
    if (layer) assert.ok(tiles.some((url) => url.includes(`layer=${layer}`)));
    const hash = new URL(page.url()).hash;
    assert.ok(hash.includes(`map=${map.id}`) && (!layer || hash.includes(`layer=${layer}`)), hash);
    assert.ok((await pixels(page)).colours > 5, `${map.id} is drawn`);
  }
  assert.deepEqual(seen.errors, []);
});

test('the maps differ where they should', async () => {
  const picture = async (more) => {
    const tab = await open(`?lang=en${at(place, 13, more)}`);
    return tab.page.getByTestId('map').evaluate((map) => map.querySelector('canvas').toDataURL());
  };
  const pictures = new Set();
  const [first, second] = city.layers.map((layer) => layer.id);
  for (const more of ['map=grids', 'map=incidents', `map=zones&layer=${first}`, `map=zones&layer=${second}`])
    pictures.add(await picture(more));
  assert.equal(pictures.size, 4);
});

test('from a row of the answer to the zones of that department', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  await clickMiddle(tab);
  const layer = city.layers[5].id;
  await tab.page.locator(`[data-testid=responsibility-row][data-layer=${layer}] button`).click();
  const hash = new URL(tab.page.url()).hash;
  assert.ok(hash.includes('map=zones') && hash.includes(`layer=${layer}`), hash);
  assert.ok(await tab.id(`layer-option-${layer}`).locator('input').isChecked());
});

test('an address shows the same again', async () => {
  const layer = city.layers[7].id;
  const tab = await open(`#map=zones&layer=${layer}&lang=zh&c=${place.lon},${place.lat}&z=13&o=60&at=${place.lon},${place.lat}`);
  await tab.page.waitForSelector('[data-testid=answer][data-state=found]');
  assert.ok(await tab.id('map-option-zones').locator('input').isChecked());
  assert.ok(await tab.id(`layer-option-${layer}`).locator('input').isChecked());
  assert.equal(await tab.id('opacity').inputValue(), '60');
  assert.equal(await tab.id('city-name').innerText(), city.name.zh);
  await assertShows(tab, await locate(place));
  const values = new URLSearchParams(new URL(tab.page.url()).hash.slice(1));
  const [lon, lat] = values.get('c').split(',').map(Number);
  assert.ok(Math.abs(lon - place.lon) < 1e-3 && Math.abs(lat - place.lat) < 1e-3, values.get('c'));
  assert.equal(Number(values.get('z')), 13);

  await tab.page.evaluate(() => (location.hash = location.hash.replace('map=zones', 'map=incidents').replace('lang=zh', 'lang=en')));
  await tab.page.waitForFunction(() => document.documentElement.lang === 'en');
  assert.ok(await tab.id('map-option-incidents').locator('input').isChecked());
});

test('the keyboard alone reads a place', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  await tab.page.keyboard.press('Tab');
  await tab.page.keyboard.press('Enter'); // "Skip to the map"
  assert.equal(await tab.page.evaluate(() => document.activeElement.dataset.testid), 'map');
  await tab.page.keyboard.press('Enter');
  await tab.page.waitForSelector('[data-testid=answer][data-state=found]');
  await assertShows(tab, await locate(place));
  await tab.page.keyboard.press('Escape');
  assert.equal(await tab.id('answer').count(), 0);
  const hash = new URL(tab.page.url()).hash;
  assert.ok(!hash.includes('at='), hash);
  await tab.page.keyboard.press('ArrowRight');
  await tab.page.waitForFunction((old) => location.hash !== old, hash);
});

test('a typed coordinate, also in the city’s own CRS', async () => {
  const tab = await open('?lang=en');
  await tab.id('coordinate').fill('somewhere');
  await tab.id('find').click();
  assert.notEqual(await tab.id('coordinate-error').innerText(), '');
  await tab.id('coordinate').fill(placeInCityCrs);
  await tab.id('crs').selectOption(city.crs.toLowerCase());
  await tab.id('find').click();
  await tab.page.waitForSelector('[data-testid=answer][data-state=found]');
  await assertShows(tab, await locate(place));
  assert.equal(await tab.id('coordinate-error').innerText(), '');
  await tilesLoaded(tab.page);
  const zoom = Number(new URLSearchParams(new URL(tab.page.url()).hash.slice(1)).get('z'));
  assert.ok(zoom >= 14, `the map goes there (zoom ${zoom})`);
});

test('boundary, vacant and split duties are told', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  await tab.page.route('**/api/locate*', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    answer.on_boundary = true;
    Object.assign(answer.responsibilities[0], {
      unit_id: null,
      unit_name: null,
      share: 0,
      status: 'vacant',
      fallback: { code: '9', name: { en: 'Fallback Town', zh: '兜底镇' } },
    });
    Object.assign(answer.responsibilities[1], { share: 0.997, status: 'split' });
    await route.fulfill({ response, json: answer });
  });
  await clickMiddle(tab);
  assert.ok(await tab.id('boundary-notice').isVisible());
  const rows = await shownRows(tab);
  assert.match(rows[0].text, /Vacant/);
  assert.match(rows[0].text, /Fallback Town/);
  assert.match(rows[1].text, /99%[\s\S]*Split/);
});

test('what goes wrong is said, and can be tried again', async () => {
  const tab = await open(`?lang=en${at(place)}`);
  await tab.page.route('**/api/locate*', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Busy","detail":"Too many questions"}' }),
  );
  await clickMiddle(tab);
  assert.match(await tab.id('answer-error').innerText(), /Too many questions/);
  await tab.page.unroute('**/api/locate*');
  await tab.id('retry').click();
  await tab.page.waitForSelector('[data-testid=answer][data-state=found]');

  await tab.page.route('**/tiles/incidents/**', (route) => route.abort());
  await tab.id('map-option-incidents').click();
  await tab.page.waitForFunction(() => document.querySelector('[data-testid=toast]').innerText !== '');
  await tab.page.unroute('**/tiles/incidents/**');
  await tab.id('toast').locator('button').click();
  await tilesLoaded(tab.page);
  assert.equal(await tab.id('toast').innerText(), '');

  const page = await browser.context.newPage();
  await page.route('**/api/city', (route) => route.abort());
  await page.goto(`${server.url}/?lang=en`);
  await page.waitForSelector('[data-testid=start-error]');
  await page.unroute('**/api/city');
  await page.getByRole('button').click();
  await page.waitForSelector('[data-testid=map]');
});

test('sharp tiles on a dense screen, and nothing wider than a phone', async () => {
  const dense = await openBrowser({ viewport: { width: 400, height: 800 }, deviceScaleFactor: 2 });
  try {
    const tab = await open(`?lang=en${at(place)}`, dense.context);
    assert.ok(tab.seen.requests.some((url) => url.includes('@2x.png')));
    assert.ok(!tab.seen.requests.some((url) => /\d\.png/.test(url)));
    await clickMiddle(tab);
    await assertShows(tab, await locate(place));
    const box = await tab.id('answer').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 400, JSON.stringify(box));
    await tab.id('close').click();
    await tab.id('toggle-controls').click();
    assert.ok(await tab.id('controls').isVisible());
    assert.deepEqual(tab.seen.errors, []);
  } finally {
    await dense.close();
  }
});

test('every control has a name, every id is unique', async () => {
  const tab = await open(`?lang=en${at(place, 13, `map=zones&layer=${city.layers[0].id}&heat=1&from=2015-01-01&to=2015-12-31`)}`);
  await clickMiddle(tab);
  const faults = await tab.page.evaluate(() => {
    const named = (element) =>
      element.getAttribute('aria-label') ||
      element.innerText?.trim() ||
      [...(element.labels ?? [])].map((label) => label.innerText).join('').trim();
    const nameless = [...document.querySelectorAll('button, input, select, a')].filter((element) => !named(element));
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return {
      nameless: nameless.map((element) => element.outerHTML.slice(0, 120)),
      twice: ids.filter((id, i) => ids.indexOf(id) !== i),
      headings: document.querySelectorAll('h1').length,
    };
  });
  assert.deepEqual(faults, { nameless: [], twice: [], headings: 1 });
});
