// SPDX-License-Identifier: Apache-2.0
// The answer to "what is here": the grid, the units above it, and who is responsible in each layer.
import type { Answer, CategoryCount, Found, GridAnswer, NotFound, Responsibility } from './api';
import { el, icon, icons } from './dom';
import type { Key, Translator } from './i18n';
import type { LonLat } from './state';

export interface CardEvents {
  close(): void;
  zones(layer: string): void;
  retry(): void;
}

export type CardContent =
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'answer'; answer: Answer; at: LonLat | null };

const coordinates = (place: LonLat): string => `${place.lon.toFixed(6)}, ${place.lat.toFixed(6)}`;

function kindLabel(kind: string, tr: Translator): string {
  const key = `kind_${kind}`;
  return key === 'kind_general' || key === 'kind_special' || key === 'kind_uninhabited' ? tr.t(key as Key) : kind;
}

function copyButton(code: string, tr: Translator): HTMLElement {
  const button = el(
    'button',
    {
      type: 'button',
      class: 'tool small',
      title: tr.t('copy'),
      'aria-label': tr.t('copy'),
      click: () => {
        // The clipboard exists only on https and loopback; elsewhere the code can still be selected by hand.
        void navigator.clipboard?.writeText(code).then(() => {
          button.replaceChildren(icon(icons.done, 16));
          button.setAttribute('aria-label', tr.t('copied'));
        });
      },
    },
    icon(icons.copy, 16),
  );
  return button;
}

function stat(label: string, value: string, id?: string): HTMLElement {
  return el('div', {}, el('dt', {}, label), el('dd', { 'data-testid': id && `stat-${id}` }, value));
}

const density = (perKm2: number, tr: Translator): string => tr.number(perKm2, perKm2 < 10 ? 1 : 0);

function stats(grid: GridAnswer, tr: Translator): HTMLElement {
  return el(
    'dl',
    { class: 'stats' },
    stat(tr.t('population'), tr.number(Math.round(grid.population))),
    stat(tr.t('households'), tr.number(Math.round(grid.households))),
    stat(tr.t('area'), tr.area(grid.area_m2)),
    stat(tr.t('incidents'), tr.number(grid.incidents), 'incidents'),
    stat(tr.t('density'), density(grid.per_km2, tr), 'density'),
  );
}

function chain(answer: Found, tr: Translator): HTMLElement {
  return el(
    'ol',
    { class: 'chain', 'aria-label': tr.t('adminChain'), 'data-testid': 'admin-chain' },
    ...answer.admin.map((unit) =>
      el(
        'li',
        { 'data-level': unit.level, 'data-code': unit.code },
        el('span', { class: 'quiet' }, tr.text(unit.title)),
        el('span', {}, tr.text(unit.name) || unit.code),
      ),
    ),
  );
}

// The grid's duty and the ground under the point may differ; a dispatcher must see both.
function pointNote(row: Responsibility, tr: Translator): string | null {
  const here = row.here_all ?? (row.here === null ? [] : [row.here]);
  if (row.unit_id !== null && here.length === 1 && here[0] === row.unit_id) return null;
  if (here.length) return tr.t('here', { ids: here.join(', ') });
  return row.unit_id === null ? null : tr.t('hereNone');
}

function unitCell(row: Responsibility, tr: Translator): HTMLElement {
  const fallback = row.fallback && (tr.text(row.fallback.name) || row.fallback.code);
  const note = pointNote(row, tr);
  return el(
    'td',
    { class: 'unit' },
    el('span', { class: 'name' }, row.unit_name || row.unit_id || '—'),
    row.status === 'vacant' && fallback ? el('span', { class: 'note' }, tr.t('fallback', { name: fallback })) : null,
    note ? el('span', { class: 'note' }, note) : null,
  );
}

function shareCell(row: Responsibility, tr: Translator): HTMLElement {
  const bar = el('span', { class: `bar ${row.status}`, 'aria-hidden': 'true' });
  bar.style.setProperty('--share', `${Math.round(row.share * 100)}%`);
  return el('td', { class: 'share' }, bar, el('span', {}, row.status === 'vacant' ? '—' : tr.percent(row.share)));
}

function responsibilityRow(row: Responsibility, tr: Translator, events: CardEvents, current: boolean): HTMLElement {
  const title = tr.text(row.title);
  const button = el(
    'button',
    { type: 'button', title: tr.t('showZones', { layer: title }), click: () => events.zones(row.layer) },
    el('span', { class: 'title' }, title),
    el('span', { class: 'quiet' }, tr.text(row.department)),
  );
  return el(
    'tr',
    {
      class: current ? 'current' : null,
      'data-testid': 'responsibility-row',
      'data-layer': row.layer,
      'data-unit': row.unit_id,
      'data-status': row.status,
      'data-share': row.share,
    },
    el('th', { scope: 'row' }, button),
    unitCell(row, tr),
    shareCell(row, tr),
    el('td', { class: 'state' }, el('span', { class: `chip ${row.status}` }, tr.t(`status_${row.status}`))),
  );
}

function responsibilities(answer: Found, tr: Translator, events: CardEvents, layer: string | null): HTMLElement {
  return el(
    'table',
    { class: 'duties', 'data-testid': 'responsibilities' },
    el('caption', { class: 'hidden' }, tr.t('responsibilityCaption')),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        ...(['department', 'unit', 'share', 'status'] as const).map((key) => el('th', { scope: 'col' }, tr.t(key))),
      ),
    ),
    el(
      'tbody',
      {},
      ...answer.responsibilities.map((row) => responsibilityRow(row, tr, events, row.layer === layer)),
    ),
  );
}

function summaryBar(answer: Found, tr: Translator): HTMLElement {
  const count = (status: Responsibility['status']): number =>
    answer.responsibilities.filter((row) => row.status === status).length;
  return el(
    'span',
    { class: 'tally' },
    ...(['sole', 'split', 'vacant'] as const).map((status) =>
      count(status) ? el('span', { class: `chip ${status}` }, `${count(status)} ${tr.t(`status_${status}`)}`) : null,
    ),
  );
}

function foundBody(answer: Found, tr: Translator, events: CardEvents, layer: string | null): Node[] {
  return [
    ...(answer.on_boundary
      ? [
          el(
            'p',
            { class: 'notice', role: 'note', 'data-testid': 'boundary-notice' },
            icon(icons.warning, 18),
            tr.t('boundary'),
          ),
        ]
      : []),
    stats(answer.grid, tr),
    chain(answer, tr),
    el('section', { class: 'tellings', 'aria-label': tr.t('gridIncidents'), 'data-testid': 'grid-incidents' }),
    el('h3', {}, tr.t('responsibility'), summaryBar(answer, tr)),
    responsibilities(answer, tr, events, layer),
  ];
}

function outsideBody(answer: NotFound, tr: Translator): Node[] {
  return [el('p', { class: 'message', 'data-testid': 'outside' }, icon(icons.pin, 20), tr.text(answer.message))];
}

function headOf(content: CardContent, tr: Translator): Node[] {
  if (content.kind !== 'answer') return [el('h2', { tabindex: -1 }, tr.t('place'))];
  if (!content.answer.found) return [el('h2', { tabindex: -1 }, tr.t('outside'))];
  const grid = content.answer.grid;
  const code = el('span', { 'data-testid': 'answer-code' }, grid.code);
  const name = el('p', { class: 'name', 'data-testid': 'answer-name' }, tr.text(grid.name));
  return [
    el('p', { class: `kind ${grid.kind}` }, kindLabel(grid.kind, tr)),
    el('h2', { tabindex: -1 }, code, copyButton(grid.code, tr)),
    name,
  ];
}

function bodyOf(content: CardContent, tr: Translator, events: CardEvents, layer: string | null): Node[] {
  if (content.kind === 'loading') {
    const lines = Array.from({ length: 9 }, () => el('span', { class: 'bone' }));
    return [el('p', { class: 'hidden' }, tr.t('loadingPlace')), el('div', { class: 'bones', 'aria-hidden': 'true' }, ...lines)];
  }
  if (content.kind === 'failed') {
    return [
      el(
        'div',
        { class: 'message', role: 'alert', 'data-testid': 'answer-error' },
        icon(icons.warning, 20),
        el('p', {}, tr.t('placeFailed'), ' ', content.message),
      ),
      el('button', { type: 'button', class: 'plain', 'data-testid': 'retry', click: () => events.retry() }, tr.t('retry')),
    ];
  }
  return content.answer.found ? foundBody(content.answer, tr, events, layer) : outsideBody(content.answer, tr);
}

/** Counts of a grid by category: of the last days, and of all time. */
export interface GridCounts {
  recent: CategoryCount[] | null; // null: not told
  total: CategoryCount[];
  days: number;
  end: string; // the day they end with
}

const sum = (rows: CategoryCount[]): number => rows.reduce((all, row) => all + row.count, 0);

function countRow(name: string, recent: number | null, total: number, most: number, tr: Translator, id: string): HTMLElement {
  const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', `${most > 0 ? (100 * total) / most : 0}%`);
  return el(
    'tr',
    { 'data-testid': 'category-row', 'data-category': id, 'data-recent': recent ?? '', 'data-total': total },
    el('th', { scope: 'row' }, name),
    el('td', { class: 'share' }, bar),
    recent === null ? null : el('td', {}, tr.number(recent)),
    el('td', {}, tr.number(total)),
  );
}

function countTable(counts: GridCounts, tr: Translator): HTMLElement {
  const shown = 6;
  const recent = counts.recent && new Map(counts.recent.map((row) => [row.category, row.count]));
  const rows = [...counts.total].sort((a, b) => b.count - a.count || a.category.localeCompare(b.category));
  const first = rows.slice(0, rows.length > shown + 1 ? shown : rows.length);
  const rest = rows.slice(first.length);
  const most = first[0]?.count ?? 0;
  const of = (some: CategoryCount[]): number | null =>
    recent && some.reduce((all, row) => all + (recent.get(row.category) ?? 0), 0);
  const nameless = counts.recent ? tr.t('noCategory') : tr.t('categoryNotTold');
  const others = tr.t('otherCategories', { n: rest.length });
  return el(
    'table',
    { class: 'counts', ...(recent && { title: tr.t('recentNote', { days: counts.days, to: tr.date(counts.end) }) }) },
    el('caption', { class: 'hidden' }, tr.t('gridIncidents')),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        el('th', { scope: 'col', colspan: 2 }, tr.t('gridIncidents')),
        recent ? el('th', { scope: 'col' }, tr.t('recent', { days: counts.days })) : null,
        el('th', { scope: 'col' }, tr.t('total')),
      ),
    ),
    el(
      'tbody',
      {},
      ...first.map((row) => countRow(row.category || nameless, of([row]), row.count, most, tr, row.category)),
      rest.length ? countRow(others, of(rest), sum(rest), most, tr, '…') : null,
    ),
    el(
      'tfoot',
      {},
      el(
        'tr',
        {},
        el('th', { scope: 'row', colspan: 2 }, tr.t('allOfThem')),
        counts.recent ? el('td', { 'data-testid': 'recent-total' }, tr.number(sum(counts.recent))) : null,
        el('td', { 'data-testid': 'all-total' }, tr.number(sum(counts.total))),
      ),
    ),
  );
}

/** Puts counts, or why there are none, into a card that stands already. */
export function tellCounts(card: HTMLElement, grid: GridAnswer, counts: GridCounts | null, tr: Translator): void {
  const section = card.querySelector<HTMLElement>('.tellings');
  if (!section) return;
  if (counts === null) return section.replaceChildren(el('p', { class: 'error' }, tr.t('countsFailed')));
  const total = sum(counts.total);
  const batch = grid.incidents_in_multiples_of;
  const none = batch ? tr.t('noneTold', { k: batch }) : tr.t('noIncidents');
  section.replaceChildren(total ? countTable(counts, tr) : el('p', { class: 'quiet' }, none));
  const set = (id: string, text: string): void => {
    const value = card.querySelector(`[data-testid=stat-${id}]`);
    if (value) value.textContent = text;
  };
  set('incidents', tr.number(total));
  set('density', density(grid.area_m2 > 0 ? total / (grid.area_m2 / 1e6) : 0, tr));
}

/** What a screen reader says when the answer arrives. */
export function spoken(answer: Answer, tr: Translator): string {
  if (!answer.found) return tr.text(answer.message);
  const count = (status: Responsibility['status']): number =>
    answer.responsibilities.filter((row) => row.status === status).length;
  const lowest = answer.admin[answer.admin.length - 1];
  const unit = lowest ? tr.text(lowest.name) : '';
  return tr.t('summary', { code: answer.grid.code, unit, sole: count('sole'), split: count('split'), vacant: count('vacant') });
}

export function card(content: CardContent, tr: Translator, events: CardEvents, layer: string | null): HTMLElement {
  const state = content.kind === 'answer' ? (content.answer.found ? 'found' : 'outside') : content.kind;
  const at = content.kind === 'answer' ? content.at : null;
  const closeButton = el(
    'button',
    {
      type: 'button',
      class: 'tool close',
      title: tr.t('close'),
      'aria-label': tr.t('close'),
      'data-testid': 'close',
      click: () => events.close(),
    },
    icon(icons.close),
  );
  return el(
    'section',
    {
      class: 'panel card',
      'aria-label': tr.t('place'),
      'aria-busy': String(content.kind === 'loading'),
      'data-testid': 'answer',
      'data-state': state,
    },
    el('div', { class: 'head' }, ...headOf(content, tr), closeButton),
    el('div', { class: 'body' }, ...bodyOf(content, tr, events, layer)),
    at ? el('div', { class: 'foot' }, el('span', { class: 'quiet' }, tr.t('position')), coordinates(at)) : null,
  );
}
