// SPDX-License-Identifier: Apache-2.0
import type { TileJson } from './api';
import { el } from './dom';
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
