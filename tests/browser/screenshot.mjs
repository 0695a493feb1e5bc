// SPDX-License-Identifier: Apache-2.0
// npm run screenshot -- out.png [--hash 'map=zones&layer=…'] [--lang zh] [--size 1600x1000] [--scale 1]
// A picture of the page with a place looked up: by default in the sample city.
import { parseArgs } from 'node:util';
import { openBrowser, openServer, tilesLoaded } from './browser.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hash: { type: 'string', default: 'map=zones&layer=police_precincts&c=-73.955,40.74&z=13&at=-73.9822,40.7582' },
    lang: { type: 'string', default: 'en' },
    size: { type: 'string', default: '1600x1000' },
    scale: { type: 'string', default: '1' },
  },
});
const out = positionals[0];
const [width, height] = values.size.split('x').map(Number);
if (!out || !width || !height) {
  console.error("Usage: npm run screenshot -- out.png [--hash 'map=grids&c=lon,lat&z=13&at=lon,lat'] [--lang en|zh]");
  process.exit(2);
}

const server = await openServer();
const { context, close } = await openBrowser({ viewport: { width, height }, deviceScaleFactor: Number(values.scale) });
try {
  const page = await context.newPage();
  await page.goto(`${server.url}/?lang=${values.lang}#${values.hash}`);
  if (new URLSearchParams(values.hash).has('at')) await page.waitForSelector('[data-testid=answer]:not([data-state=loading])');
  await tilesLoaded(page);
  await page.waitForTimeout(600);
  await page.screenshot({ path: out });
  console.log(out);
} finally {
  await close();
  await server.stop();
}
