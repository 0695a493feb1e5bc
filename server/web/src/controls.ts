// SPDX-License-Identifier: Apache-2.0
// The panel on the left: which map, which layer, how strong, and what the colours mean.
import type { City, MapInfo } from './api';
import { el, icon, icons } from './dom';
import type { Translator } from './i18n';
import { slider } from './slider';
import type { State } from './state';

export interface ControlEvents {
  map(id: string): void;
  layer(id: string): void;
  opacity(percent: number): void;
}

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
    el('span', { class: 'mark' }, icon(map.icon, 20)),
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
  const { range, shown } = slider(
    { id: 'opacity', max: 100, step: 5, value: state.opacity, text: (percent) => `${percent}%` },
    change,
  );
  return el('div', { class: 'opacity' }, el('label', { for: 'opacity' }, tr.t('opacity')), range, shown);
}

export interface Controls {
  element: HTMLElement;
  legend: HTMLElement;
}

/** `heat` is the heat layer's part: it looks after itself. */
export function controls(city: City, state: State, tr: Translator, heat: HTMLElement, events: ControlEvents): Controls {
  const needsLayer = city.maps.find((map) => map.id === state.map)?.needs_layer ?? false;
  const legend = el('div', { class: 'legend-box', 'aria-live': 'polite' });
  const element = el(
    'aside',
    { class: 'panel controls', id: 'controls', 'aria-label': tr.t('controls'), 'data-testid': 'controls' },
    el(
      'fieldset',
      { class: 'maps' },
      el('legend', {}, tr.t('maps')),
      ...city.maps.map((map) => mapOption(map, state, tr, events.map)),
    ),
    heat,
    needsLayer && city.layers.length ? layerChooser(city, state, tr, events.layer) : null,
    el('section', { class: 'legend-section' }, el('h2', {}, tr.t('legend')), legend, opacitySlider(state, tr, events.opacity)),
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
