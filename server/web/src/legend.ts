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

// The ends of the scale, and the powers of ten between that leave room for their numbers.
function ticks(lowest: number, highest: number): number[] {
  const length = Math.log10(highest / lowest);
  const inside: number[] = [];
  for (let power = Math.ceil(Math.log10(lowest)); power < Math.log10(highest); ++power) {
    const share = (power - Math.log10(lowest)) / length;
    if (share > 0.13 && share < 0.78) inside.push(10 ** power);
  }
  return [lowest, ...inside, highest];
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
