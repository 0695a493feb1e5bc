// SPDX-License-Identifier: Apache-2.0
// What the page shows, as the address says it:
// #map=zones&layer=police&lang=zh&c=-73.98,40.75&z=12&o=80&at=-73.98,40.75&heat=1&days=30&hours=22-4
import { gridsMap, isCoarse, type City, type Language } from './api';
import { calmHeat, coarseHeat, formatHeat, parseHeat, type Heat } from './heat';

export interface LonLat {
  lon: number;
  lat: number;
}

export interface State {
  map: string;
  layer: string | null;
  lang: Language;
  centre: LonLat | null;
  zoom: number | null;
  opacity: number; // per cent
  at: LonLat | null; // the place that was looked up
  heat: Heat;
}

const storageKey = 'gridloom.lang';

function asNumber(text: string | null): number | null {
  if (text === null || text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function asLonLat(text: string | null): LonLat | null {
  const parts = (text ?? '').split(',');
  const [lon, lat] = [asNumber(parts[0] ?? null), asNumber(parts[1] ?? null)];
  if (parts.length !== 2 || lon === null || lat === null) return null;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : null;
}

const asLanguage = (text: string | null | undefined): Language | null =>
  text === 'en' || text === 'zh' ? text : text?.toLowerCase().startsWith('zh') ? 'zh' : null;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Reads a hash; what it does not say, or says wrongly, is left out. */
export function parseHash(hash: string): Partial<State> {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const state: Partial<State> = {};
  const map = values.get('map');
  if (map) state.map = map;
  const layer = values.get('layer');
  if (layer) state.layer = layer;
  const lang = asLanguage(values.get('lang'));
  if (lang) state.lang = lang;
  const centre = asLonLat(values.get('c'));
  if (centre) state.centre = centre;
  const zoom = asNumber(values.get('z'));
  if (zoom !== null) state.zoom = clamp(zoom, 0, 22);
  const opacity = asNumber(values.get('o'));
  if (opacity !== null) state.opacity = Math.round(clamp(opacity, 0, 100));
  const at = asLonLat(values.get('at'));
  if (at) state.at = at;
  if (values.has('heat')) state.heat = parseHeat(values);
  return state;
}

// Six decimals are 0.1 m.
const point = (place: LonLat, digits: number): string => `${+place.lon.toFixed(digits)},${+place.lat.toFixed(digits)}`;

/** The hash of a state, readable: commas stay as they are. */
export function formatHash(state: State): string {
  const parts = [`map=${encodeURIComponent(state.map)}`];
  if (state.layer) parts.push(`layer=${encodeURIComponent(state.layer)}`);
  parts.push(`lang=${state.lang}`);
  if (state.centre) parts.push(`c=${point(state.centre, 5)}`);
  if (state.zoom !== null) parts.push(`z=${+state.zoom.toFixed(2)}`);
  if (state.opacity !== 100) parts.push(`o=${state.opacity}`);
  if (state.at) parts.push(`at=${point(state.at, 6)}`);
  parts.push(...formatHeat(state.heat));
  return `#${parts.join('&')}`;
}

/** The language asked for: ?lang= over the hash over the last choice over the browser's own. */
export function chooseLanguage(search: string, hash: string, stored: string | null, browser: readonly string[]): Language {
  const asked = asLanguage(new URLSearchParams(search).get('lang'));
  return asked ?? parseHash(hash).lang ?? asLanguage(stored) ?? (asLanguage(browser[0]) === 'zh' ? 'zh' : 'en');
}

/** Replaces a map or layer that this city does not have. A layer is kept over maps that need none. */
export function fitToCity(state: Partial<State>, lang: Language, city: City): State {
  const map = city.maps.find((known) => known.id === state.map) ?? city.maps[0];
  const layer = city.layers.find((known) => known.id === state.layer) ?? city.layers[0];
  const heat = state.heat ?? calmHeat();
  return {
    map: map?.id ?? gridsMap,
    layer: layer?.id ?? null,
    lang,
    centre: state.centre ?? null,
    zoom: state.zoom ?? null,
    opacity: state.opacity ?? 100,
    at: state.at ?? null,
    heat: isCoarse(city) ? coarseHeat(heat) : heat,
  };
}

// Storage may be forbidden; the page works without it.
export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

export function storeLanguage(lang: Language): void {
  try {
    localStorage.setItem(storageKey, lang);
  } catch {
    // Private windows refuse; the address still carries the language.
  }
}

/** Two numbers as a person types or pastes them: "-73.98, 40.75", "-73.98 40.75", "(120.38,36.07)". */
export function parsePair(text: string): [number, number] | null {
  const parts = text.replace(/[()\uFF08\uFF09[\]]/g, ' ').trim().split(/[\s,;\uFF0C\uFF1B\u3001]+/);
  // An empty part would read as the number nought.
  const [x, y] = parts.map((part) => (part === '' ? NaN : Number(part)));
  return parts.length === 2 && x !== undefined && y !== undefined && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
}

/** The roundest length (1, 2 or 5 times a power of ten metres) that is no wider than `limit` pixels. */
export function scaleBar(metresPerPixel: number, limit: number): { metres: number; pixels: number } {
  const longest = metresPerPixel * limit;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1;
  return { metres: step * power, pixels: (step * power) / metresPerPixel };
}
