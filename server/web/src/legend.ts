// SPDX-License-Identifier: Apache-2.0
import type { TileJson } from './api';
import { el } from './dom';
import type { IncidentInfo } from './heat';
import type { Translator } from './i18n';

// A Han character is about two Latin ones wide.
const width = (text: string): number => [...text].reduce((sum, c) => sum + (c > '\u2e80' ? 2 : 1), 0);

export function legendList(entries: TileJson['legend'], tr: Translator): HTMLElement {
  if (!entries.length) return el('p', { class: 'quiet' }, tr.t('noLegend'));
  const short = entries.every((entry) => width(tr.text(entry.label)) <= 14);
  return el(
    'ul',
    { class: short ? 'legend short' : 'legend', 'data-testid': 'legend' },
    ...entries.map((entry) => {
      const swatch = el('span', { class: 'swatch', 'aria-hidden': 'true' });
      swatch.style.backgroundColor = entry.color;
      const label = tr.text(entry.label);
      return el(
        'li',
        { 'data-testid': 'legend-entry', 'data-colour': entry.color },
        swatch,
        el('span', { class: 'label', title: label }, label),
      );
    }),
  );
}

// Powers of ten inside the scale, and its ends where they are none.
function ticks(lowest: number, highest: number): number[] {
  const inside: number[] = [];
  for (let power = Math.ceil(Math.log10(lowest) - 1e-9); power <= Math.log10(highest) + 1e-9; ++power) inside.push(10 ** power);
  return [lowest, ...inside.filter((v) => v > lowest * 1.5 && v < highest / 1.5), highest];
}

/** The pinned colours of the heat layer: the same for every place, moment and filter. `scope`: the time they count. */
export function heatScale(scale: IncidentInfo['heat_scale'], scope: string, counted: string, tr: Translator): HTMLElement {
  const ramp = el('div', { class: 'ramp', 'aria-hidden': 'true', 'data-testid': 'heat-ramp' });
  ramp.style.backgroundImage = `linear-gradient(90deg, ${scale.colors.join(', ')})`;
  const length = Math.log(scale.highest / scale.lowest);
  const marks = ticks(scale.lowest, scale.highest).map((value) => {
    const mark = el('span', {}, value === scale.highest ? `≥ ${tr.short(value)}` : tr.short(value));
    mark.style.left = `${(100 * Math.log(value / scale.lowest)) / length}%`;
    return mark;
  });
  return el(
    'figure',
    { class: 'heat-scale', 'data-testid': 'heat-legend' },
    el('figcaption', {}, el('span', { class: 'unit' }, tr.t('heatUnit')), ' ', el('span', { class: 'scope' }, scope)),
    ramp,
    el('div', { class: 'ticks' }, ...marks),
    el('p', { class: 'quiet', 'data-testid': 'heat-counted' }, counted),
  );
}
