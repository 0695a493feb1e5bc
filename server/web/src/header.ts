// SPDX-License-Identifier: Apache-2.0
// City, a coordinate to find, key figures, language.
import type { City, Language } from './api';
import { el, icon, icons } from './dom';
import { finder, type Find } from './finder';
import type { Translator } from './i18n';

function figure(label: string, value: string, id: string): HTMLElement {
  return el('div', { class: 'figure', 'data-testid': `figure-${id}` }, el('dt', {}, label), el('dd', {}, value));
}

function languageSwitch(tr: Translator, choose: (lang: Language) => void): HTMLElement {
  const button = (lang: Language, label: string): HTMLElement =>
    el(
      'button',
      {
        type: 'button',
        lang: lang === 'zh' ? 'zh-CN' : 'en',
        'aria-pressed': String(tr.lang === lang),
        'data-testid': `lang-${lang}`,
        click: () => choose(lang),
      },
      label,
    );
  return el(
    'div',
    { class: 'languages', role: 'group', 'aria-label': tr.t('language') },
    button('zh', '中文'),
    button('en', 'English'),
  );
}

/** A newer figure in a header that stands already. */
export function showIncidents(root: Element, incidents: number, tr: Translator): void {
  const figure = root.querySelector('[data-testid=figure-incidents] dd');
  if (figure) figure.textContent = tr.number(incidents);
}

// Which form of the incidents the page shows; nothing where there is but one.
function audience(city: City, tr: Translator): Node[] {
  if (city.k === null) return [];
  const text = city.audience === 'operator' ? tr.t('operatorView') : tr.t('publicView', { k: city.k });
  return [el('span', { class: 'name' }, ' · '), el('span', { 'data-testid': 'audience' }, text)];
}

export function header(city: City, tr: Translator, find: Find, choose: (lang: Language) => void): HTMLElement {
  return el(
    'header',
    { class: 'top' },
    el(
      'div',
      { class: 'brand' },
      icon(icons.weave, 30),
      el(
        'div',
        {},
        el('h1', { 'data-testid': 'city-name' }, tr.text(city.name)),
        el('p', { class: 'product' }, el('span', { class: 'name' }, tr.t('product')), ...audience(city, tr)),
      ),
    ),
    finder(city, tr, find),
    el(
      'dl',
      { class: 'figures', 'aria-label': tr.t('figures') },
      figure(tr.t('grids'), tr.number(city.grids), 'grids'),
      figure(tr.t('population'), tr.number(city.population), 'population'),
      figure(tr.t('incidents'), tr.number(city.incidents), 'incidents'),
      figure(tr.t('layers'), tr.number(city.layers.length), 'layers'),
    ),
    languageSwitch(tr, choose),
  );
}
