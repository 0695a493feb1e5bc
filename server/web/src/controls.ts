// SPDX-License-Identifier: Apache-2.0
// The panel on the left: which map, which layer, how strong, what the colours mean, and a coordinate to find.
import type { City, MapInfo } from './api';
import { el, icon, icons, mapIcons } from './dom';
import type { Translator } from './i18n';
import { parsePair, type State } from './state';

export interface ControlEvents {
  map(id: string): void;
  layer(id: string): void;
  opacity(percent: number): void;
  find(x: number, y: number, crs: string): void;
}

// The unified grid first, then what is asked of it; the departments' own layers after the zones made from them.
const order = ['grids', 'zones', 'department', 'incidents'];
const rank = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);

function mapOption(map: MapInfo, state: State, tr: Translator, choose: (id: string) => void): HTMLElement {
  return el(
    'label',
    { class: 'option map-option', 'data-testid': `map-option-${map.id}` },
    el('input', {
      type: 'radio',
      name: 'map',
      value: map.id,
      checked: map.id === state.map,
      'aria-describedby': `describe-${map.id}`,
      change: () => choose(map.id),
    }),
    el('span', { class: 'mark' }, icon(mapIcons[map.id] ?? mapIcons['grids'] ?? '', 20)),
    el(
      'span',
      { class: 'words' },
      el('span', { class: 'title' }, tr.text(map.title)),
      el('span', { class: 'quiet', id: `describe-${map.id}` }, tr.text(map.description)),
    ),
  );
}

function layerChooser(city: City, state: State, tr: Translator, choose: (id: string) => void): HTMLElement {
  return el(
    'fieldset',
    { class: 'layers', 'data-testid': 'layers' },
    el('legend', {}, tr.t('departmentLayers')),
    el(
      'div',
      { class: 'scroll' },
      ...city.layers.map((layer) =>
        el(
          'label',
          { class: 'option layer-option', 'data-testid': `layer-option-${layer.id}` },
          el('input', {
            type: 'radio',
            name: 'layer',
            value: layer.id,
            checked: layer.id === state.layer,
            change: () => choose(layer.id),
          }),
          el(
            'span',
            { class: 'words' },
            el('span', { class: 'title' }, tr.text(layer.title)),
            el('span', { class: 'quiet' }, tr.text(layer.department)),
          ),
          el(
            'span',
            { class: 'count', 'aria-label': `${tr.number(layer.cells)} ${tr.t('units')}` },
            tr.number(layer.cells),
          ),
        ),
      ),
    ),
  );
}

function opacitySlider(state: State, tr: Translator, change: (percent: number) => void): HTMLElement {
  const shown = el('output', { class: 'quiet' }, `${state.opacity}%`);
  const slider = el('input', {
    type: 'range',
    id: 'opacity',
    min: 0,
    max: 100,
    step: 5,
    value: state.opacity,
    'data-testid': 'opacity',
    input: () => {
      const percent = Number(slider.value);
      shown.textContent = `${percent}%`;
      slider.style.setProperty('--part', `${percent}%`);
      change(percent);
    },
  });
  slider.style.setProperty('--part', `${state.opacity}%`);
  return el('div', { class: 'opacity' }, el('label', { for: 'opacity' }, tr.t('opacity')), slider, shown);
}

function finder(city: City, tr: Translator, find: ControlEvents['find']): HTMLElement {
  const [west, south, east, north] = city.bounds;
  const example = `${((west + east) / 2).toFixed(3)}, ${((south + north) / 2).toFixed(3)}`;
  const input = el('input', {
    type: 'text',
    id: 'coordinate',
    inputmode: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: tr.t('coordinateHint', { example }),
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
    el('label', { for: 'coordinate', class: 'heading' }, tr.t('find')),
    el('div', { class: 'row' }, input, crs, el('button', { type: 'submit', 'data-testid': 'find' }, tr.t('go'))),
    error,
  );
}

export interface Controls {
  element: HTMLElement;
  legend: HTMLElement;
}

export function controls(city: City, state: State, tr: Translator, events: ControlEvents): Controls {
  const maps = [...city.maps].sort((a, b) => rank(a.id) - rank(b.id));
  const needsLayer = maps.find((map) => map.id === state.map)?.needs_layer ?? false;
  const legend = el('div', { class: 'legend-box', 'aria-live': 'polite' });
  const element = el(
    'aside',
    { class: 'panel controls', id: 'controls', 'aria-label': tr.t('controls'), 'data-testid': 'controls' },
    el(
      'fieldset',
      { class: 'maps' },
      el('legend', {}, tr.t('maps')),
      ...maps.map((map) => mapOption(map, state, tr, events.map)),
    ),
    needsLayer && city.layers.length ? layerChooser(city, state, tr, events.layer) : null,
    el('section', { class: 'legend-section' }, el('h2', {}, tr.t('legend')), legend, opacitySlider(state, tr, events.opacity)),
    finder(city, tr, events.find),
  );
  return { element, legend };
}

export function panelToggle(tr: Translator, open: boolean, toggle: () => void): HTMLElement {
  const label = tr.t(open ? 'hideControls' : 'showControls');
  return el(
    'button',
    {
      type: 'button',
      class: 'tool',
      title: label,
      'aria-label': label,
      'aria-expanded': String(open),
      'aria-controls': 'controls',
      'data-testid': 'toggle-controls',
      click: toggle,
    },
    icon(icons.panel),
  );
}
