// SPDX-License-Identifier: Apache-2.0
// The map: one raster map of the server, the heat of incidents over it, and the grids as vector tiles to show which one
// is meant.
import OlMap from 'ol/Map.js';
import View from 'ol/View.js';
import type MapBrowserEvent from 'ol/MapBrowserEvent.js';
import Overlay from 'ol/Overlay.js';
import MVT from 'ol/format/MVT.js';
import TileLayer from 'ol/layer/Tile.js';
import VectorTileLayer from 'ol/layer/VectorTile.js';
import XYZ from 'ol/source/XYZ.js';
import VectorTileSource from 'ol/source/VectorTile.js';
import { Fill, Stroke, Style } from 'ol/style.js';
import { defaults as defaultInteractions } from 'ol/interaction/defaults.js';
import { getPointResolution, fromLonLat, toLonLat, transformExtent } from 'ol/proj.js';
import { createXYZ } from 'ol/tilegrid.js';
import type { FeatureLike } from 'ol/Feature.js';
import { continuous, gridsMap, gridTemplate, type City, type TileJson } from './api';
import type { LonLat } from './state';

export interface MapEvents {
  moved(centre: LonLat, zoom: number, metresPerPixel: number): void;
  picked(place: LonLat): void;
  pointed(place: LonLat | null): void;
  loading(busy: boolean): void;
  tileFailed(): void;
}

/** What panels cover at the map's edges, in pixels. */
export interface Padding {
  left: number;
  right: number;
  bottom: number;
}

const amber = '#ffb224';
const unseen = new Style({ fill: new Fill({ color: 'rgba(0,0,0,0)' }) });
const hovered = new Style({
  fill: new Fill({ color: 'rgba(255,255,255,0.14)' }),
  stroke: new Stroke({ color: 'rgba(8,18,30,0.75)', width: 1.75 }),
  zIndex: 1,
});
// Dark under bright: the outline reads on every fill a map may have.
const chosen = [
  new Style({
    fill: new Fill({ color: 'rgba(255,178,36,0.22)' }),
    stroke: new Stroke({ color: 'rgba(8,18,30,0.85)', width: 6 }),
    zIndex: 2,
  }),
  new Style({ stroke: new Stroke({ color: amber, width: 3 }), zIndex: 3 }),
];

/** Keeps asking for a value only while it is the newest question. */
class Latest {
  private turn = 0;
  async run<T>(question: Promise<T>, use: (value: T) => void): Promise<void> {
    const turn = ++this.turn;
    const value = await question;
    if (turn === this.turn) use(value);
  }
  drop(): void {
    this.turn++;
  }
}

export class CityMap {
  private readonly map: OlMap;
  private readonly raster = new TileLayer<XYZ>({ preload: 1, className: 'ol-layer base' });
  private readonly heat = new TileLayer<XYZ>({ visible: false, className: 'ol-layer heat' });
  private readonly grids: VectorTileLayer;
  private readonly highlight: VectorTileLayer;
  private readonly marker: Overlay;
  private readonly pointing = new Latest();
  private readonly extent: number[];
  private hover: string | null = null;
  private choice: string | null = null;
  private pending = 0;

  constructor(
    private readonly target: HTMLElement,
    city: City,
    private readonly tiles: TileJson,
    private readonly events: MapEvents,
    private padding: Padding,
  ) {
    this.extent = transformExtent(continuous(city.bounds), 'EPSG:4326', 'EPSG:3857');
    const source = new VectorTileSource({
      format: new MVT({ layers: [gridsMap] }),
      url: gridTemplate(),
      // A tile of z covers 512 px here: a quarter of the requests, and 4096 units are still finer than a pixel.
      tileGrid: createXYZ({ tileSize: 512, minZoom: tiles.minzoom, maxZoom: tiles.maxzoom }),
      wrapX: false,
    });
    this.grids = new VectorTileLayer({ source, style: unseen, zIndex: 1 });
    this.highlight = new VectorTileLayer({
      source,
      renderMode: 'vector',
      style: (feature) => this.styleOf(feature),
      zIndex: 2,
    });
    const pin = document.createElement('div');
    pin.className = 'pin';
    pin.dataset['testid'] = 'pin';
    this.marker = new Overlay({ element: pin, positioning: 'center-center', stopEvent: false });
    this.map = new OlMap({
      target,
      layers: [this.raster, this.heat, this.grids, this.highlight],
      overlays: [this.marker],
      controls: [],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
      view: new View({
        padding: [0, padding.right, padding.bottom, padding.left],
        // Room to move any corner of the city to the middle of the screen, and no farther.
        extent: this.roomAround(0.75),
        showFullExtent: true,
        enableRotation: false,
        minZoom: tiles.minzoom,
        maxZoom: Math.max(tiles.maxzoom, tiles.minzoom + 1),
        smoothExtentConstraint: true,
        // Raster tiles are sharp, and their names in the size they were drawn for, at whole zooms only.
        constrainResolution: true,
      }),
      moveTolerance: 3,
    });
    this.listen();
  }

  private roomAround(share: number): number[] {
    const [west, south, east, north] = this.extent as [number, number, number, number];
    const [dx, dy] = [(east - west) * share, (north - south) * share];
    return [west - dx, south - dy, east + dx, north + dy];
  }

  private listen(): void {
    this.map.on('moveend', () => this.reportPosition());
    this.map.on('singleclick', (event) => this.events.picked(this.placeAt(event.coordinate)));
    this.map.on('pointermove', (event) => this.point(event));
    this.target.addEventListener('pointerleave', () => this.pointAway());
    this.target.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.target === this.target) this.events.picked(this.centre());
    });
    this.watchTiles(this.grids.getSource());
  }

  private watchTiles(source: XYZ | VectorTileSource | null): void {
    const ended = (): void => {
      this.pending = Math.max(0, this.pending - 1);
      if (this.pending === 0) this.events.loading(false);
    };
    // The union of the two source types has no common overload of on().
    const listen = (type: 'tileloadstart' | 'tileloadend' | 'tileloaderror', use: () => void): void => {
      (source as XYZ | null)?.on(type, use);
    };
    listen('tileloadstart', () => {
      if (this.pending++ === 0) this.events.loading(true);
    });
    listen('tileloadend', ended);
    listen('tileloaderror', () => {
      ended();
      this.events.tileFailed();
    });
  }

  private styleOf(feature: FeatureLike): Style | Style[] | undefined {
    const code: unknown = feature.get('code');
    if (code === this.choice) return chosen;
    return code === this.hover ? hovered : undefined;
  }

  private point(event: MapBrowserEvent): void {
    this.events.pointed(this.placeAt(event.coordinate));
    const native = event.originalEvent as PointerEvent;
    if (event.dragging || native.pointerType === 'touch') return;
    void this.pointing.run(this.grids.getFeatures(event.pixel), (features) => {
      const code: unknown = features[0]?.get('code');
      this.setHover(typeof code === 'string' ? code : null);
    });
  }

  private pointAway(): void {
    this.pointing.drop();
    this.setHover(null);
    this.events.pointed(null);
  }

  private setHover(code: string | null): void {
    if (code === this.hover) return;
    this.hover = code;
    this.target.style.cursor = code ? 'pointer' : '';
    this.highlight.changed();
  }

  private placeAt(coordinate: number[]): LonLat {
    const [lon = 0, lat = 0] = toLonLat(coordinate);
    return { lon, lat };
  }

  private reportPosition(): void {
    const view = this.map.getView();
    const resolution = view.getResolution() ?? 1;
    const metres = getPointResolution('EPSG:3857', resolution, view.getCenter() ?? [0, 0], 'm');
    this.events.moved(this.centre(), view.getZoom() ?? 0, metres);
  }

  centre(): LonLat {
    return this.placeAt(this.map.getView().getCenter() ?? [0, 0]);
  }

  /** The middle of what the panels leave free, in pixels of the map. */
  middle(): { x: number; y: number } {
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    return { x: (this.padding.left + width - this.padding.right) / 2, y: (height - this.padding.bottom) / 2 };
  }

  setPadding(padding: Padding): void {
    this.padding = padding;
    this.map.getView().padding = [0, padding.right, padding.bottom, padding.left];
  }

  private source(url: string, transition: number): XYZ {
    const { minzoom: minZoom, maxzoom: maxZoom } = this.tiles;
    const source = new XYZ({ url, tilePixelRatio: this.scale(), minZoom, maxZoom, wrapX: false, transition });
    this.watchTiles(source);
    return source;
  }

  /** Pixels of a picture to a pixel of the page. */
  scale(): 1 | 2 {
    return window.devicePixelRatio > 1 ? 2 : 1;
  }

  /** Shows the pictures of an address. `same`: newer ones of the same map: the old stay until these are there. */
  show(template: string, same = false): void {
    const source = this.raster.getSource();
    if (same && source) return source.setUrl(template);
    this.pending = 0;
    this.raster.setSource(this.source(template, 200));
  }

  /** Shows the heat of an address over the map; null: none. What was there stays until the new is. */
  showHeat(template: string | null): void {
    this.heat.setVisible(template !== null);
    if (template === null) return;
    const source = this.heat.getSource();
    if (source) source.setUrl(template);
    else this.heat.setSource(this.source(template, 0));
  }

  setHeatOpacity(percent: number): void {
    this.heat.setOpacity(percent / 100);
  }

  setOpacity(percent: number): void {
    this.raster.setOpacity(percent / 100);
  }

  /** Outlines a grid; null takes the outline away. */
  outline(code: string | null): void {
    this.choice = code;
    this.highlight.changed();
  }

  pin(place: LonLat | null): void {
    this.marker.setPosition(place ? fromLonLat([place.lon, place.lat]) : undefined);
  }

  goTo(centre: LonLat, zoom: number): void {
    const view = this.map.getView();
    view.setCenter(fromLonLat([centre.lon, centre.lat]));
    view.setZoom(zoom);
  }

  showCity(animate = false): void {
    this.map.getView().fit(this.extent, { padding: [28, 28, 28, 28], ...(animate && { duration: 350 }) });
  }

  zoomBy(steps: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 0) + steps, duration: 180 });
  }

  /** Moves the map just so far that a place is not under a panel. */
  reveal(place: LonLat): void {
    const pixel = this.map.getPixelFromCoordinate(fromLonLat([place.lon, place.lat]));
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    const [x, y] = pixel ?? [];
    if (x === undefined || y === undefined) return;
    const margin = 32;
    const inside = (value: number, low: number, high: number): boolean =>
      high - low < 4 * margin || (value > low + margin && value < high - margin);
    const { left, right, bottom } = this.padding;
    if (inside(x, left, width - right) && inside(y, 0, height - bottom)) return;
    this.map.getView().animate({ center: fromLonLat([place.lon, place.lat]), duration: 250 });
  }

  focus(): void {
    this.target.focus();
  }
}
