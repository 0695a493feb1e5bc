// SPDX-License-Identifier: Apache-2.0
// MapLibre GL takes each TileJSON document that /api/city names as it is, and draws it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, openServer } from './browser.mjs';

const library = fileURLToPath(new URL('node_modules/maplibre-gl/dist/maplibre-gl.js', import.meta.url));

let server;
let browser;
let city;

before(async () => {
  server = await openServer();
  browser = await openBrowser({ viewport: { width: 800, height: 600 } });
  city = await (await fetch(`${server.url}/api/city`)).json();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The document's address with the parameters that its map needs. */
function addressOf(path, needsLayer = false) {
  const address = new URL(path, server.url);
  if (needsLayer) address.searchParams.set('layer', city.layers[0].id);
  return address.href;
}

/** Draws one source on an empty page: what MapLibre says of it, and what is on the screen. */
async function draw(source, layer) {
  const page = await browser.context.newPage();
  const failed = [];
  page.on('pageerror', (error) => failed.push(String(error)));
  page.on('response', (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`));
  await page.setContent('<div id="map" style="position:absolute;inset:0"></div>');
  await page.addScriptTag({ path: library });
  const drawn = await page.evaluate(
    async ({ source, layer, bounds }) => {
      const errors = [];
      const map = new maplibregl.Map({
        container: 'map',
        style: { version: 8, sources: { tiles: source }, layers: [{ id: 'layer', source: 'tiles', ...layer }] },
        bounds,
        fadeDuration: 0,
        preserveDrawingBuffer: true,
      });
      map.on('error', ({ error }) => errors.push(error.message));
      await new Promise((done) => map.once('idle', done));
      const canvas = map.getCanvas();
      const flat = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
      flat.getContext('2d').drawImage(canvas, 0, 0);
      const { data } = flat.getContext('2d').getImageData(0, 0, flat.width, flat.height);
      const colours = new Set();
      let pixels = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 0) continue;
        pixels++;
        colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      }
      return {
        errors,
        pixels: pixels / (flat.width * flat.height),
        colours: colours.size,
        features: layer.type === 'raster' ? null : map.queryRenderedFeatures().length,
        attribution: document.querySelector('.maplibregl-ctrl-attrib-inner').textContent,
      };
    },
    { source, layer, bounds: city.bounds },
  );
  await page.close();
  assert.deepEqual([...drawn.errors, ...failed], []);
  return drawn;
}

for (const map of ['grids', 'department', 'zones', 'incidents'])
  test(`MapLibre draws the raster and the vector tiles of ${map}`, async () => {
    const entry = city.maps.find(({ id }) => id === map);
    const raster = await draw({ type: 'raster', tileSize: 256, url: addressOf(entry.tilejson, entry.needs_layer) }, { type: 'raster' });
    const url = addressOf(entry.vector_tilejson, entry.needs_layer);
    const told = await (await fetch(url)).json();
    const vector = await draw(
      { type: 'vector', url },
      { type: 'fill', 'source-layer': told.vector_layers[0].id, paint: { 'fill-color': ['get', 'colour'] } },
    );
    assert.ok(raster.pixels > 0.5 && raster.colours > 10, JSON.stringify(raster));
    assert.ok(vector.pixels > 0.05 && vector.colours > 5 && vector.features > 50, JSON.stringify(vector));
    for (const { attribution } of [raster, vector]) assert.ok(attribution.includes(city.layers[0].department.en), attribution);
  });

test('MapLibre draws the heat', async () => {
  const heat = await draw({ type: 'raster', tileSize: 256, url: addressOf(city.heat.tilejson) }, { type: 'raster' });
  assert.ok(heat.pixels > 0.05 && heat.colours > 10, JSON.stringify(heat));
});
