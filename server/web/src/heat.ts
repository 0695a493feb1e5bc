// SPDX-License-Identifier: Apache-2.0
// Which incidents the heat layer shows, and how: what the address, the controls and the tiles share.

/** A number of days up to the newest incident, everything, or two dates. */
export type Period = { days: number } | 'all' | { from: string; to: string };

export interface Heat {
  on: boolean;
  period: Period;
  /** [first, until] hours of the day, 22–4 over midnight; null: all day. */
  hours: [number, number] | null;
  /** Days of the week, 1 is Monday; empty: all. */
  weekdays: number[];
  category: string | null;
  radius: number; // metres on the ground
  opacity: number; // per cent
}

export const dayChoices = [1, 7, 30, 90, 365] as const;
export const radiusChoices = [100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000] as const;

export const calmHeat = (): Heat => ({
  on: false,
  period: { days: 30 },
  hours: null,
  weekdays: [],
  category: null,
  radius: 500,
  opacity: 85,
});

export const leastCoarseRadius = 500; // metres, as the server has it

/** What the public form of incidents can answer of it. */
export const coarseHeat = (heat: Heat): Heat => ({
  ...heat,
  period: 'all',
  hours: null,
  weekdays: [],
  radius: Math.max(heat.radius, leastCoarseRadius),
});

/** What the server says about its incidents. */
export interface IncidentInfo {
  incidents: number;
  selected: number;
  epoch: number;
  first: string | null;
  last: string | null;
  time_zone: string;
  categories: string[];
  heat_scale: { version: number; unit: string; lowest: number; highest: number; colors: string[] };
}

const day = 86_400_000;
const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
// Local times of the city are counted as if they were UTC: no clock of the browser's own comes in.
const asTime = (local: string): number => Date.parse(`${local.slice(0, 10)}T${local.slice(11) || '00:00:00'}Z`);
const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The city's wall clock, "2025-03-01T13:45:10". */
export function wallClock(now: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(now).replace(' ', 'T');
}

/** The moment that "the last 30 days" end at: the newest incident's, but none that is yet to come. */
export function newest(info: IncidentInfo, now: Date): string {
  const clock = wallClock(now, info.time_zone);
  return info.last !== null && info.last < clock ? info.last : clock;
}

/** The first moment and the first one after, as the server takes them; whole days, so that tiles can be kept. */
export function span(period: Period, end: string): { from: string | null; to: string | null } {
  if (period === 'all') return { from: null, to: null };
  if ('from' in period) return { from: period.from || null, to: period.to ? dateOf(asTime(period.to) + day) : null };
  return { from: dateOf(asTime(end.slice(0, 10)) - (period.days - 1) * day), to: null };
}

/** The question of the tiles and of /api/incidents: alike for all who ask alike. */
export function heatQuery(heat: Heat, end: string): Record<string, string | null> {
  const { from, to } = span(heat.period, end);
  return {
    from,
    to,
    hours: heat.hours ? heat.hours.join('-') : null,
    weekdays: heat.weekdays.length ? heat.weekdays.join(',') : null,
    category: heat.category,
  };
}

// --- the address

function parsePeriod(values: URLSearchParams): Period | null {
  const [days, from, to] = [values.get('days'), values.get('from') ?? '', values.get('to') ?? ''];
  if (days === 'all') return 'all';
  if (days !== null && /^[1-9]\d{0,4}$/.test(days)) return { days: Number(days) };
  if ((from || to) && (!from || isDate(from)) && (!to || isDate(to)) && (!from || !to || from <= to)) return { from, to };
  return null;
}

function parseHours(text: string | null): [number, number] | null {
  const found = /^(\d{1,2})-(\d{1,2})$/.exec(text ?? '');
  const [first, until] = [Number(found?.[1]), Number(found?.[2])];
  return found && first <= 23 && until <= 24 && first !== until ? [first, until] : null;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, Math.round(value)));

/** The heat layer of a hash; what it does not say, or says wrongly, is as it is at first. */
export function parseHeat(values: URLSearchParams): Heat {
  const heat = calmHeat();
  heat.on = values.get('heat') === '1';
  heat.period = parsePeriod(values) ?? heat.period;
  heat.hours = parseHours(values.get('hours'));
  const weekdays = (values.get('wd') ?? '').split(',').map(Number);
  heat.weekdays = [...new Set(weekdays)].filter((d) => Number.isInteger(d) && d >= 1 && d <= 7).sort((a, b) => a - b);
  if (heat.weekdays.length === 7) heat.weekdays = [];
  heat.category = values.get('cat') || null;
  const radius = Number(values.get('r') || NaN);
  if (Number.isFinite(radius)) heat.radius = clamp(radius, 10, 10_000);
  const opacity = Number(values.get('ho') || NaN);
  if (Number.isFinite(opacity)) heat.opacity = clamp(opacity, 0, 100);
  return heat;
}

/** The parts of a hash; none while the layer is off. */
export function formatHeat(heat: Heat): string[] {
  if (!heat.on) return [];
  const usual = calmHeat();
  const parts = ['heat=1'];
  if (heat.period === 'all') parts.push('days=all');
  else if ('days' in heat.period) parts.push(`days=${heat.period.days}`);
  else {
    if (heat.period.from) parts.push(`from=${heat.period.from}`);
    if (heat.period.to) parts.push(`to=${heat.period.to}`);
  }
  if (heat.hours) parts.push(`hours=${heat.hours.join('-')}`);
  if (heat.weekdays.length) parts.push(`wd=${heat.weekdays.join(',')}`);
  if (heat.category) parts.push(`cat=${encodeURIComponent(heat.category)}`);
  if (heat.radius !== usual.radius) parts.push(`r=${heat.radius}`);
  if (heat.opacity !== usual.opacity) parts.push(`ho=${heat.opacity}`);
  return parts;
}
