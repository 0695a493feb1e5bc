// SPDX-License-Identifier: Apache-2.0
// The controls of the heat layer: a switch, which incidents, how wide and how strong, and what the colours mean.
import { el, icon, icons } from './dom';
import { dayChoices, leastCoarseRadius, newest, radiusChoices, span, type Heat, type IncidentInfo, type Period } from './heat';
import type { Translator } from './i18n';
import { heatScale } from './legend';
import { slider } from './slider';

export interface HeatEvents {
  /** The layer shows other incidents, or other distances. */
  asked(): void;
  opacity(): void;
}

const periodName = (period: Period): string =>
  period === 'all' ? 'all' : 'days' in period ? String(period.days) : 'dates';

/** Built once for a language; changes itself as the heat does, so that what is used keeps the focus. */
export class HeatPanel {
  readonly element: HTMLElement;
  private readonly body: HTMLElement;
  private readonly dates = el('div', { class: 'dates' });
  private readonly legend = el('div', { class: 'heat-legend', 'aria-live': 'polite' });
  private readonly pulse: HTMLElement;
  private readonly switch: HTMLInputElement;
  private readonly days: HTMLElement[] = [];

  constructor(
    private readonly heat: Heat,
    private info: IncidentInfo,
    private readonly tr: Translator,
    private readonly events: HeatEvents,
    /** Nothing finer can be asked for than the public form of incidents. */
    private readonly coarse: boolean,
  ) {
    this.pulse = el('span', { class: 'pulse', role: 'status', 'data-testid': 'live' });
    this.switch = el('input', {
      type: 'checkbox',
      role: 'switch',
      checked: heat.on,
      name: 'heat',
      'data-testid': 'heat-switch',
      change: () => {
        heat.on = this.switch.checked;
        this.body.hidden = !heat.on;
        events.asked();
      },
    });
    this.body = el(
      'div',
      { class: 'heat-body', hidden: !heat.on, 'data-testid': 'heat-controls' },
      ...(coarse ? [] : [this.periodField(), this.dates, this.hoursField(), this.weekdayField()]),
      this.categoryField(),
      this.radiusField(),
      this.opacityField(),
      this.legend,
    );
    this.element = el(
      'section',
      { class: 'heat-section', 'aria-label': tr.t('heat'), 'data-testid': 'heat' },
      el(
        'label',
        { class: 'switch' },
        el('span', { class: 'mark' }, icon(icons.heat, 20)),
        el('span', { class: 'words' }, el('span', { class: 'title' }, tr.t('heat')), this.pulse),
        this.switch,
      ),
      this.body,
    );
    this.showDates();
    this.showInfo(info);
    this.showConnected(true);
  }

  /** New figures, and which of the categories there are. */
  showInfo(info: IncidentInfo): void {
    this.info = info;
    this.legend.replaceChildren(heatScale(info.heat_scale, this.scope(), this.counted(), this.tr));
    const select = this.body.querySelector<HTMLSelectElement>('#heat-category');
    if (select && select.options.length !== info.categories.length + 1) select.replaceChildren(...this.categories());
  }

  showConnected(yes: boolean): void {
    const text = this.tr.t(!yes ? 'notLive' : this.coarse ? 'daily' : 'live');
    if (this.pulse.textContent === text) return;
    this.pulse.textContent = text;
    this.pulse.classList.toggle('off', !yes);
  }

  // "in 30 days, to 31 Dec 2015"
  private scope(): string {
    const { period } = this.heat;
    const end = newest(this.info, new Date());
    if (period === 'all') return this.tr.t('inAll');
    const { from } = span(period, end);
    if ('days' in period) return this.tr.t(period.days === 1 ? 'inDay' : 'inDays', { days: period.days, to: this.tr.date(end), from: this.tr.date(from ?? '') });
    return this.tr.t('inDates', {
      from: period.from ? this.tr.date(period.from) : '…',
      to: period.to ? this.tr.date(period.to) : '…',
    });
  }

  private counted(): string {
    return this.tr.t('counted', { some: this.tr.number(this.info.selected), all: this.tr.number(this.info.incidents) });
  }

  // --- fields

  private field(id: string, label: string, ...inputs: Node[]): HTMLElement {
    return el('div', { class: 'field' }, el('label', { for: id }, label), ...inputs);
  }

  private select(id: string, options: HTMLOptionElement[], change: (value: string) => void): HTMLSelectElement {
    const select = el('select', { id, 'data-testid': id, change: () => change(select.value) }, ...options);
    return select;
  }

  private option(value: string, text: string, selected: boolean): HTMLOptionElement {
    return el('option', { value, selected }, text);
  }

  private periodField(): HTMLElement {
    const chosen = periodName(this.heat.period);
    const days = dayChoices.map(String);
    const known = [...(days.includes(chosen) || chosen === 'all' || chosen === 'dates' ? days : [...days, chosen])];
    const options = known.map((d) =>
      this.option(d, this.tr.t(d === '1' ? 'lastDay' : 'lastDays', { days: d }), chosen === d),
    );
    options.push(this.option('all', this.tr.t('allTime'), chosen === 'all'));
    options.push(this.option('dates', this.tr.t('fromTo'), chosen === 'dates'));
    const select = this.select('heat-period', options, (value) => {
      const end = newest(this.info, new Date()).slice(0, 10);
      if (value === 'all') this.heat.period = 'all';
      // Two dates begin with those shown before.
      else if (value === 'dates') this.heat.period = { from: span(this.heat.period, end).from ?? this.info.first?.slice(0, 10) ?? end, to: end };
      else this.heat.period = { days: Number(value) };
      this.showDates();
      this.events.asked();
    });
    return this.field('heat-period', this.tr.t('period'), select);
  }

  private showDates(): void {
    const { period } = this.heat;
    if (period === 'all' || !('from' in period)) return this.dates.replaceChildren();
    const input = (end: 'from' | 'to'): HTMLInputElement => {
      const date = el('input', {
        type: 'date',
        id: `heat-${end}`,
        value: period[end],
        'data-testid': `heat-${end}`,
        'aria-label': this.tr.t(end),
        change: () => {
          period[end] = date.value;
          // The other end moves along rather than stand before the first or behind the last.
          if (period.from && period.to && period.from > period.to) {
            const other = end === 'from' ? 'to' : 'from';
            period[other] = date.value;
            const there = this.dates.querySelector<HTMLInputElement>(`#heat-${other}`);
            if (there) there.value = date.value;
          }
          this.events.asked();
        },
      });
      return date;
    };
    this.dates.replaceChildren(input('from'), el('span', { 'aria-hidden': 'true' }, '–'), input('to'));
  }

  private hoursField(): HTMLElement {
    const [first, until] = this.heat.hours ?? [0, 24];
    const hour = (h: number): string => `${String(h).padStart(2, '0')}:00`;
    const options = (from: number, chosen: number): HTMLOptionElement[] =>
      Array.from({ length: 24 }, (_, i) => this.option(String(from + i), hour(from + i), from + i === chosen));
    const change = (moved: HTMLSelectElement, other: HTMLSelectElement, step: number): void => {
      // No hours at all is nobody's question: the other end steps aside.
      if (Number(begin.value) === Number(end.value) % 24 && !(begin.value === '0' && end.value === '24'))
        other.value = String(step > 0 ? Number(moved.value) + 1 : (Number(moved.value) + 23) % 24);
      const [a, b] = [Number(begin.value), Number(end.value)];
      this.heat.hours = a === 0 && b === 24 ? null : [a, b];
      this.events.asked();
    };
    const begin = this.select('heat-hour-from', options(0, first), () => change(begin, end, 1));
    const end = this.select('heat-hour-until', options(1, until), () => change(end, begin, -1));
    end.setAttribute('aria-label', this.tr.t('until'));
    return this.field('heat-hour-from', this.tr.t('hours'), begin, el('span', { 'aria-hidden': 'true' }, '–'), end);
  }

  private weekdayField(): HTMLElement {
    const names = this.tr.weekdays();
    const press = (): void => {
      for (const [i, button] of this.days.entries())
        button.setAttribute('aria-pressed', String(!this.heat.weekdays.length || this.heat.weekdays.includes(i + 1)));
    };
    const toggle = (day: number): void => {
      const all = [1, 2, 3, 4, 5, 6, 7];
      // From "all" the first press picks one day, as the others do by taking theirs away or adding it.
      const kept = this.heat.weekdays.length ? this.heat.weekdays : [];
      this.heat.weekdays = kept.includes(day) ? kept.filter((d) => d !== day) : all.filter((d) => d === day || kept.includes(d));
      if (this.heat.weekdays.length === 7) this.heat.weekdays = [];
      press();
      this.events.asked();
    };
    for (let day = 1; day <= 7; ++day)
      this.days.push(
        el(
          'button',
          {
            type: 'button',
            title: names[day - 1]?.long,
            'aria-label': names[day - 1]?.long,
            'data-testid': `heat-day-${day}`,
            click: () => toggle(day),
          },
          names[day - 1]?.short,
        ),
      );
    press();
    return el(
      'div',
      { class: 'field', role: 'group', 'aria-label': this.tr.t('weekdays') },
      el('span', { class: 'label' }, this.tr.t('weekdays')),
      el('div', { class: 'days' }, ...this.days),
    );
  }

  private categories(): HTMLOptionElement[] {
    const known = this.info.categories;
    const chosen = this.heat.category;
    // A category of the address that no incident has stays to be seen, and to be left.
    const all = chosen !== null && !known.includes(chosen) ? [chosen, ...known] : known;
    return [
      this.option('', this.tr.t('allCategories'), chosen === null),
      ...[...all].sort((a, b) => a.localeCompare(b, this.tr.lang)).map((c) => this.option(c, c, c === chosen)),
    ];
  }

  private categoryField(): HTMLElement {
    const select = this.select('heat-category', this.categories(), (value) => {
      this.heat.category = value || null;
      this.events.asked();
    });
    return this.field('heat-category', this.tr.t('category'), select);
  }

  private radiusField(): HTMLElement {
    const choices = (radiusChoices as readonly number[]).filter((r) => !this.coarse || r >= leastCoarseRadius);
    const nearest = (radius: number): number =>
      choices.reduce((best, r, i) => (Math.abs(Math.log(r / radius)) < Math.abs(Math.log((choices[best] ?? 1) / radius)) ? i : best), 0);
    const { range, shown } = slider(
      { id: 'heat-radius', max: choices.length - 1, step: 1, value: nearest(this.heat.radius), text: () => this.tr.distance(this.heat.radius) },
      (index) => {
        this.heat.radius = choices[index] ?? this.heat.radius;
        this.events.asked();
      },
    );
    return this.field('heat-radius', this.tr.t('radius'), range, shown);
  }

  private opacityField(): HTMLElement {
    const { range, shown } = slider(
      { id: 'heat-opacity', max: 100, step: 5, value: this.heat.opacity, text: () => `${this.heat.opacity}%` },
      (percent) => {
        this.heat.opacity = percent;
        this.events.opacity();
      },
    );
    return this.field('heat-opacity', this.tr.t('opacity'), range, shown);
  }
}
