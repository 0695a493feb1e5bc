// SPDX-License-Identifier: Apache-2.0
// The server's answers, and how to ask for them. Addresses are relative, so the page also works behind a prefix.

import { heatQuery, type Heat, type IncidentInfo } from './heat';

/** Bounds whose east is no less than their west: across the antimeridian it is beyond 180. */
export function continuous([west, south, east, north]: [number, number, number, number]): [number, number, number, number] {
  return [west, south, east < west ? east + 360 : east, north];
}

export interface Text {
  en: string;
  zh: string;
}

export interface LayerInfo {
  id: string;
  title: Text;
  department: Text;
  cells: number;
}

export interface MapInfo {
  id: string;
  title: Text;
  description: Text;
  /** A path to be drawn as lines on a square of 24 units. */
  icon: string;
  /** Its background is dark. */
  dark: boolean;
  needs_layer: boolean;
  /** Its pictures change when incidents come. */
  raster_tells_incidents: boolean;
}

/** The maps that the page needs by name: one to outline a grid, one to go to from a department's answer. */
export const gridsMap = 'grids';
export const zonesMap = 'zones';

/** A row of /api/incidents/counts?by=category. */
export interface CategoryCount {
  category: string;
  count: number;
}

export interface City {
  id: string;
  name: Text;
  crs: string;
  bounds: [number, number, number, number];
  epoch: number;
  grids: number;
  atoms: number;
  population: number;
  incidents: number;
  /** What this page is told of incidents: everything, or what everybody is. */
  audience: 'operator' | 'public';
  /** Public counts are multiples of it; null: they are exact. */
  k: number | null;
  layers: LayerInfo[];
  admin: { id: string; title: Text; units: number }[];
  maps: MapInfo[];
}

export interface GridAnswer {
  code: string;
  name: Text;
  kind: string;
  area_m2: number;
  population: number;
  households: number;
  incidents: number;
  /** Of the public form: fewer than these are told as 0. */
  incidents_in_multiples_of?: number;
  per_km2: number;
}

export interface Responsibility {
  layer: string;
  title: Text;
  department: Text;
  unit_id: string | null;
  unit_name: string | null;
  share: number;
  status: 'sole' | 'split' | 'vacant';
  fallback: { code: string; name: Text } | null;
  here: string | null;
  /** Every unit that claims the point: several where the layer overlaps itself. */
  here_all?: string[];
}

export interface Found {
  found: true;
  on_boundary: boolean;
  position: { lon: number; lat: number };
  grid: GridAnswer;
  admin: { level: string; title: Text; code: string; name: Text }[];
  responsibilities: Responsibility[];
}

export interface NotFound {
  found: false;
  position?: { lon: number; lat: number };
  message: Text;
}

export type Answer = Found | NotFound;

export interface TileJson {
  minzoom: number;
  maxzoom: number;
  bounds: [number, number, number, number];
  legend: { color: string; label: Text }[];
}

/** What a person picked to look at: a map, and a department's layer where the map needs one. */
export interface Choice {
  map: string;
  layer: string | null;
}

export type Language = 'en' | 'zh';

/** A refusal by the server, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function getJson<T>(address: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, String(error));
  }
  if (!response.ok) throw new ApiError(response.status, await problem(response));
  return (await response.json()) as T;
}

// RFC 9457: the detail is written for people; a proxy's error page is not.
async function problem(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { detail?: string; title?: string };
    return body.detail ?? body.title ?? response.statusText;
  } catch {
    return response.statusText;
  }
}

function query(values: Record<string, string | null>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
  return new URLSearchParams(given).toString();
}

/** Whether this page is told incidents by grid, month and category alone. */
export const isCoarse = (city: City): boolean => city.audience === 'public' && city.k !== null;

export const getCity = (): Promise<City> => getJson('api/city');

/** Coordinates in `crs`: degrees for wgs84, gcj02 and bd09; easting and northing in the units of an epsg:N. */
export const locate = (x: number, y: number, crs: string, signal: AbortSignal): Promise<Answer> =>
  getJson(`api/locate?${query({ lon: String(x), lat: String(y), crs: crs === 'wgs84' ? null : crs })}`, signal);

export const getTileJson = (choice: Choice, lang: Language, signal?: AbortSignal): Promise<TileJson> =>
  getJson(`tiles/${choice.map}.json?${query({ layer: choice.layer, lang })}`, signal);

// The server ignores `v`; a browser takes pictures of one address for the same. null: they stay the same.
export const rasterTemplate = (choice: Choice, lang: Language, scale: 1 | 2, version: string | null): string =>
  `tiles/${choice.map}/WebMercatorQuad/{z}/{x}/{y}${scale === 2 ? '@2x' : ''}.png?${query({
    layer: choice.layer,
    lang,
    v: version,
  })}`;

export const heatTemplate = (heat: Heat, end: string, scale: 1 | 2, version: string): string =>
  `tiles/heat/WebMercatorQuad/{z}/{x}/{y}${scale === 2 ? '@2x' : ''}.png?${query({
    ...heatQuery(heat, end),
    radius: String(heat.radius),
    v: version,
  })}`;

export const getEpoch = (): Promise<{ epoch: number; incidents: number }> => getJson('api/incidents/epoch');

/** About all incidents; `selected` counts those of the question. */
export const getIncidents = (question: Record<string, string | null> = {}, signal?: AbortSignal): Promise<IncidentInfo> =>
  getJson(`api/incidents?${query(question)}`, signal);

export const getCategories = (grid: string, from: string | null, signal: AbortSignal): Promise<CategoryCount[]> =>
  getJson(`api/incidents/counts?${query({ by: 'category', area: `grid:${grid}`, from, format: 'json' })}`, signal);

export const gridTemplate = (): string => `tiles/${gridsMap}/WebMercatorQuad/{z}/{x}/{y}.mvt`;
