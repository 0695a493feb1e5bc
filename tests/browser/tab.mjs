// SPDX-License-Identifier: Apache-2.0
// The page in a tab, and what tests do with it.
import { tilesLoaded } from './browser.mjs';

/** A page that remembers what went wrong in it and which addresses it asked for. */
export async function openTab(server, context, path) {
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('response', (response) => {
    seen.requests.push(response.url());
    if (response.status() >= 400) seen.errors.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${server.url}/${path}`);
  await page.waitForSelector('[data-testid=map]');
  await tilesLoaded(page);
  return { page, seen, id: (name) => page.getByTestId(name) };
}

export const at = ({ lon, lat }, zoom = 15, more = 'map=grids') => `#${more}&c=${lon},${lat}&z=${zoom}`;

/** Where the centre of the address is on the screen. */
export async function middle(id) {
  const box = await id('crosshair').boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

export async function clickMiddle({ page, id }, dx = 0, dy = 0) {
  const { x, y } = await middle(id);
  await page.mouse.click(x + dx, y + dy);
  await page.waitForSelector('[data-testid=answer]:not([data-state=loading])');
}
