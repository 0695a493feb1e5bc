// SPDX-License-Identifier: Apache-2.0
// A coordinate to find, in whatever system the caller has it.
import { continuous, type City } from './api';
import { el } from './dom';
import type { Translator } from './i18n';
import { parsePair } from './state';

/** Coordinates as written, and the name of their system as the server knows it. */
export type Find = (x: number, y: number, crs: string) => void;

export function finder(city: City, tr: Translator, find: Find): HTMLElement {
  const [west, south, east, north] = continuous(city.bounds);
  const example = `${((west + east) / 2).toFixed(2)}, ${((south + north) / 2).toFixed(2)}`;
  const input = el('input', {
    type: 'text',
    id: 'coordinate',
    inputmode: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: tr.t('coordinateHint', { example }),
    title: tr.t('coordinate'),
    'aria-describedby': 'coordinate-error',
    'data-testid': 'coordinate',
    input: () => show(''),
  });
  const systems = [
    ['wgs84', 'WGS 84'],
    ['gcj02', 'GCJ-02'],
    ['bd09', 'BD-09'],
    [city.crs.toLowerCase(), city.crs],
  ] as const;
  const crs = el(
    'select',
    { 'aria-label': tr.t('crs'), 'data-testid': 'crs' },
    ...systems.map(([value, label]) => el('option', { value }, label)),
  );
  const error = el('p', { class: 'error', id: 'coordinate-error', role: 'alert', 'data-testid': 'coordinate-error' });
  const show = (message: string): void => {
    error.textContent = message;
    input.toggleAttribute('aria-invalid', message !== '');
  };
  return el(
    'form',
    {
      class: 'finder',
      'data-testid': 'finder',
      submit: (event) => {
        event.preventDefault();
        const pair = parsePair(input.value);
        if (!pair) {
          show(tr.t('coordinateBad'));
          input.focus();
          return;
        }
        find(pair[0], pair[1], crs.value);
      },
    },
    el('label', { for: 'coordinate', class: 'hidden' }, tr.t('coordinate')),
    el('div', { class: 'row' }, input, crs, el('button', { type: 'submit', 'data-testid': 'find' }, tr.t('go'))),
    error,
  );
}
