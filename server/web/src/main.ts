// SPDX-License-Identifier: Apache-2.0
// Puts the page together: one state, and the parts that draw it.
import './style.css';
import {
  ApiError,
  getCategories,
  getCity,
  getIncidents,
  getTileJson,
  gridsMap,
  heatTemplate,
  isCoarse,
  locate,
  rasterTemplate,
  zonesMap,
  type Answer,
  type Choice,
  type City,
  type Language,
  type MapInfo,
} from './api';
import { card, spoken, tellCounts, type CardContent, type GridCounts } from './card';
import { controls, panelToggle } from './controls';
import { el, icon, icons } from './dom';
import { header, showIncidents } from './header';
import { heatQuery, newest, span, type IncidentInfo } from './heat';
import { HeatPanel } from './heatpanel';
import { htmlLang, translator, type Key, type Translator } from './i18n';
import { legendList } from './legend';
import { Live } from './live';
import { CityMap } from './map';
import {
  chooseLanguage,
  fitToCity,
  formatHash,
  parseHash,
  scaleBar,
  storedLanguage,
  storeLanguage,
  type LonLat,
  type State,
} from './state';

// What the card tells beside all time.
const recentDays = 30;

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

function explain(error: unknown, tr: Translator): string {
  if (error instanceof ApiError) return error.status === 0 ? tr.t('noConnection') : error.message;
  return String(error);
}

class Page {
  private readonly headerSlot = el('div', { class: 'slot' });
  private readonly controlsSlot = el('div', { class: 'slot' });
  private readonly cardSlot = el('div', { class: 'slot' });
  private readonly toolsSlot = el('div', { class: 'slot' });
  private readonly statusSlot = el('div', { class: 'slot' });
  private readonly mapElement = el('div', { class: 'map', tabindex: 0, role: 'application', 'data-testid': 'map' });
  private readonly crosshair = el('div', { class: 'crosshair', 'aria-hidden': 'true', 'data-testid': 'crosshair' });
  private readonly speaker = el('div', { class: 'hidden', 'aria-live': 'polite', 'data-testid': 'speaker' });
  private readonly toast = el('div', { class: 'toast', role: 'status', 'data-testid': 'toast' });
  private readonly progress = el('div', { class: 'progress', 'aria-hidden': 'true' });
  private readonly skip = el('a', { class: 'skip', href: '#', click: (event) => this.skipToMap(event) });
  private readonly map: CityMap;
  private tr: Translator;
  private content: CardContent | null = null;
  private question: { x: number; y: number; crs: string } | null = null;
  private asking = new AbortController();
  private legending = new AbortController();
  private heating = new AbortController();
  private counting = new AbortController();
  private counts: GridCounts | null = null;
  private heatPanel: HeatPanel;
  private readonly live = new Live(
    () => void this.askIncidents(),
    (yes) => this.heatPanel.showConnected(yes),
  );
  private panelOpen = window.innerWidth > 860;
  private metresPerPixel = 1;

  constructor(
    root: HTMLElement,
    private readonly city: City,
    private state: State,
    private incidents: IncidentInfo,
    tileJson: Awaited<ReturnType<typeof getTileJson>>,
  ) {
    this.tr = translator(state.lang);
    this.heatPanel = this.newHeatPanel();
    root.replaceChildren(
      this.skip,
      this.headerSlot,
      el(
        'main',
        { 'data-testid': 'main' },
        this.mapElement,
        this.crosshair,
        this.progress,
        this.controlsSlot,
        this.cardSlot,
        this.toolsSlot,
        this.statusSlot,
        this.toast,
      ),
      this.speaker,
    );
    this.map = new CityMap(this.mapElement, city, tileJson, this.mapEvents(), { left: 0, right: 0, bottom: 0 });
    this.renderAll();
    this.applyView();
    void this.loadMap();
    this.showHeat();
    this.live.start(incidents.epoch, incidents.incidents);
    window.addEventListener('hashchange', () => this.followHash());
    window.addEventListener('resize', () => this.layout());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.content) this.closeCard();
    });
    if (state.at) this.ask(state.at.lon, state.at.lat, 'wgs84');
  }

  // --- drawing

  private renderAll(): void {
    document.documentElement.lang = htmlLang(this.state.lang);
    document.title = `${this.tr.text(this.city.name)} · ${this.tr.t('product')}`;
    this.mapElement.setAttribute('aria-label', this.tr.t('map', { city: this.tr.text(this.city.name) }));
    this.skip.textContent = this.tr.t('skip');
    this.headerSlot.replaceChildren(
      header(
        { ...this.city, incidents: this.incidents.incidents },
        this.tr,
        (x, y, crs) => this.find(x, y, crs),
        (lang) => this.setLanguage(lang),
      ),
    );
    this.renderControls();
    this.renderTools();
    this.renderCard();
    this.renderStatus(null);
    this.layout();
  }

  private renderControls(): void {
    const focused = document.activeElement as HTMLInputElement | null;
    const kept = focused && this.controlsSlot.contains(focused) ? focused.name : '';
    const scrolled = this.controlsSlot.querySelector('.scroll')?.scrollTop ?? 0;
    const built = controls(this.city, this.state, this.tr, this.heatPanel.element, {
      map: (map) => this.choose({ map, layer: this.state.layer }),
      layer: (layer) => this.choose({ map: this.state.map, layer }),
      opacity: (percent) => {
        this.state.opacity = percent;
        this.map.setOpacity(percent);
        this.writeHash();
      },
    });
    built.element.hidden = !this.panelOpen;
    built.legend.replaceChildren(...(this.controlsSlot.querySelector('.legend-box')?.childNodes ?? []));
    this.controlsSlot.replaceChildren(built.element);
    const list = built.element.querySelector('.scroll');
    if (list) list.scrollTop = scrolled;
    if (kept) built.element.querySelector<HTMLInputElement>(`input[name="${kept}"]:checked`)?.focus();
  }

  private renderTools(): void {
    const tool = (key: Key, path: string, testid: string, act: () => void): HTMLElement =>
      el(
        'button',
        { type: 'button', class: 'tool', title: this.tr.t(key), 'aria-label': this.tr.t(key), 'data-testid': testid, click: act },
        icon(path),
      );
    this.toolsSlot.replaceChildren(
      el(
        'div',
        { class: 'tools' },
        panelToggle(this.tr, this.panelOpen, () => this.togglePanel()),
        tool('wholeCity', icons.home, 'home', () => this.map.showCity(true)),
        tool('zoomIn', icons.plus, 'zoom-in', () => this.map.zoomBy(1)),
        tool('zoomOut', icons.minus, 'zoom-out', () => this.map.zoomBy(-1)),
      ),
    );
  }

  private renderStatus(pointer: LonLat | null): void {
    const { metres, pixels } = scaleBar(this.metresPerPixel, 110);
    const bar = el('span', { class: 'scale-bar', 'aria-hidden': 'true' });
    bar.style.width = `${pixels}px`;
    const length = metres >= 1000 ? `${this.tr.number(metres / 1000)} ${this.tr.t('km')}` : `${this.tr.number(metres, 2)} ${this.tr.t('m')}`;
    this.statusSlot.replaceChildren(
      el(
        'div',
        { class: 'status' },
        this.content ? null : el('span', { class: 'hint' }, this.tr.t('hint')),
        pointer ? el('span', { class: 'pointer' }, `${pointer.lon.toFixed(5)}, ${pointer.lat.toFixed(5)}`) : null,
        el('span', { class: 'scale', 'aria-label': `${this.tr.t('scale')}: ${length}`, 'data-testid': 'scale' }, bar, length),
      ),
    );
  }

  private renderCard(): void {
    const old = this.cardSlot.firstElementChild;
    const scrolled = old?.querySelector('.body')?.scrollTop ?? 0;
    const focusIn = old?.contains(document.activeElement) ?? false;
    this.cardSlot.replaceChildren();
    if (!this.content) return;
    const { layer } = this.choice();
    const built = card(
      this.content,
      this.tr,
      {
        close: () => this.closeCard(),
        zones: (id) => this.choose({ map: zonesMap, layer: id }),
        retry: () => this.question && this.ask(this.question.x, this.question.y, this.question.crs),
      },
      layer,
    );
    this.cardSlot.append(built);
    if (this.counts && this.content.kind === 'answer' && this.content.answer.found)
      tellCounts(built, this.content.answer.grid, this.counts, this.tr);
    const body = built.querySelector('.body');
    if (body) body.scrollTop = scrolled;
    if (focusIn) built.querySelector('h2')?.focus({ preventScroll: true });
  }

  // Where the panels leave the map free.
  private layout(): void {
    const map = this.mapElement.getBoundingClientRect();
    const panel = (slot: HTMLElement): DOMRect | undefined => slot.firstElementChild?.getBoundingClientRect();
    const [left, card] = [panel(this.controlsSlot), panel(this.cardSlot)];
    // On a narrow screen the panels are sheets: the answer at the bottom, the controls over all for a moment.
    this.map.setPadding(
      window.innerWidth > 860
        ? { left: left?.right ?? 0, right: card ? map.right - card.left : 0, bottom: 0 }
        : { left: 0, right: 0, bottom: card ? map.bottom - card.top : 0 },
    );
    document.documentElement.classList.toggle('panel-open', this.panelOpen);
    document.documentElement.classList.toggle('card-open', this.content !== null);
    this.placeCrosshair();
  }

  private placeCrosshair(): void {
    const { x, y } = this.map.middle();
    this.crosshair.style.transform = `translate(${x}px, ${y}px)`;
  }

  private say(message: string): void {
    this.speaker.textContent = message;
  }

  // --- what happens on the map

  private mapEvents(): ConstructorParameters<typeof CityMap>[3] {
    return {
      moved: (centre, zoom, metresPerPixel) => {
        this.state.centre = centre;
        this.state.zoom = zoom;
        this.metresPerPixel = metresPerPixel;
        this.renderStatus(null);
        this.placeCrosshair();
        this.writeHash();
      },
      picked: (place) => this.ask(place.lon, place.lat, 'wgs84'),
      pointed: (place) => this.renderStatus(place),
      loading: (busy) => {
        this.progress.classList.toggle('busy', busy);
        this.mapElement.dataset['state'] = busy ? 'loading' : 'idle';
      },
      tileFailed: () => this.complain(this.tr.t('tilesFailed'), () => void this.loadMap()),
    };
  }

  private applyView(): void {
    if (this.state.centre && this.state.zoom !== null) this.map.goTo(this.state.centre, this.state.zoom);
    else this.map.showCity();
  }

  private skipToMap(event: Event): void {
    event.preventDefault();
    this.map.focus();
  }

  private togglePanel(): void {
    this.panelOpen = !this.panelOpen;
    this.renderControls();
    this.renderTools();
    this.layout();
    this.toolsSlot.querySelector('button')?.focus();
  }

  // --- maps, layers, language

  private mapInfo(): MapInfo | undefined {
    return this.city.maps.find((known) => known.id === this.state.map);
  }

  private choice(): Choice {
    return { map: this.state.map, layer: this.mapInfo()?.needs_layer ? this.state.layer : null };
  }

  private choose(choice: Choice): void {
    this.state.map = choice.map;
    this.state.layer = choice.layer;
    this.renderControls();
    this.renderCard();
    this.layout();
    this.writeHash();
    void this.loadMap();
  }

  private setLanguage(lang: Language): void {
    if (lang === this.state.lang) return;
    this.state.lang = lang;
    this.tr = translator(lang);
    this.heatPanel = this.newHeatPanel();
    storeLanguage(lang);
    this.writeHash();
    this.renderAll();
    this.headerSlot.querySelector<HTMLElement>(`[data-testid="lang-${lang}"]`)?.focus();
    void this.loadMap();
  }

  // Colours and their meaning arrive together: the legend of one map never stands beside another.
  private async loadMap(refresh = false): Promise<void> {
    this.legending.abort();
    this.legending = new AbortController();
    const box = (): Element | null => this.controlsSlot.querySelector('.legend-box');
    this.toast.replaceChildren();
    try {
      const [choice, info] = [this.choice(), this.mapInfo()];
      const tiles = await getTileJson(choice, this.state.lang, this.legending.signal);
      const version = info?.raster_tells_incidents ? this.version() : null;
      this.map.show(rasterTemplate(choice, this.state.lang, this.map.scale(), version), refresh);
      document.documentElement.classList.toggle('night', info?.dark);
      this.map.setOpacity(this.state.opacity);
      box()?.replaceChildren(legendList(tiles.legend, this.tr));
    } catch (error) {
      if (isAbort(error)) return;
      box()?.replaceChildren(el('p', { class: 'error' }, this.tr.t('legendFailed')));
      this.complain(`${this.tr.t('tilesFailed')} ${explain(error, this.tr)}`, () => void this.loadMap());
    }
  }

  // --- incidents

  private newHeatPanel(): HeatPanel {
    const events = {
      asked: () => {
        this.showHeat();
        this.writeHash();
        this.layout();
      },
      opacity: () => {
        this.map.setHeatOpacity(this.state.heat.opacity);
        this.writeHash();
      },
    };
    return new HeatPanel(this.state.heat, this.incidents, this.tr, events, isCoarse(this.city));
  }

  // Another one where incidents came: by it the browser knows that pictures it has are old.
  private version(): string {
    return `${this.incidents.epoch}-${this.incidents.incidents}`;
  }

  private showHeat(): void {
    this.drawHeat();
    this.heatPanel.showInfo(this.incidents);
    if (this.state.heat.on) void this.askIncidents();
  }

  private drawHeat(): void {
    const { heat } = this.state;
    const end = newest(this.incidents, new Date());
    document.documentElement.classList.toggle('heated', heat.on);
    this.map.setHeatOpacity(heat.opacity);
    this.map.showHeat(heat.on ? heatTemplate(heat, end, this.map.scale(), this.version()) : null);
  }

  // What there is by now, and how much of it the heat shows.
  private async askIncidents(): Promise<void> {
    this.heating.abort();
    this.heating = new AbortController();
    const { heat } = this.state;
    try {
      const question = heat.on ? heatQuery(heat, newest(this.incidents, new Date())) : {};
      const before = this.version();
      this.incidents = await getIncidents(question, this.heating.signal);
      this.heatPanel.showInfo(this.incidents);
      if (this.version() !== before) this.showNew();
    } catch (error) {
      if (!isAbort(error)) this.complain(`${this.tr.t('tilesFailed')} ${explain(error, this.tr)}`, () => this.showHeat());
    }
  }

  // Incidents came: whatever tells them is asked for again, and what stands there stays until the new is there.
  private showNew(): void {
    showIncidents(this.headerSlot, this.incidents.incidents, this.tr);
    this.drawHeat();
    if (this.mapInfo()?.raster_tells_incidents) void this.loadMap(true);
    void this.countGrid();
  }

  private async countGrid(): Promise<void> {
    this.counting.abort();
    this.counting = new AbortController();
    if (this.content?.kind !== 'answer' || !this.content.answer.found) return;
    const { grid } = this.content.answer;
    const end = newest(this.incidents, new Date());
    const { from } = span({ days: recentDays }, end);
    const tell = (counts: GridCounts | null): void => {
      this.counts = counts;
      const element = this.cardSlot.firstElementChild as HTMLElement | null;
      if (element) tellCounts(element, grid, counts, this.tr);
      this.layout();
    };
    try {
      const { signal } = this.counting;
      const [total, recent] = await Promise.all([
        getCategories(grid.code, null, signal),
        isCoarse(this.city) ? null : getCategories(grid.code, from, signal),
      ]);
      tell({ recent, total, days: recentDays, end });
    } catch (error) {
      if (!isAbort(error)) tell(null);
    }
  }

  private complain(message: string, retry: () => void): void {
    this.toast.replaceChildren(
      icon(icons.warning, 18),
      el('span', {}, message),
      el('button', { type: 'button', class: 'plain', click: retry }, this.tr.t('retry')),
    );
  }

  // --- what is here

  private find(x: number, y: number, crs: string): void {
    this.ask(x, y, crs, (answer) => {
      const place = answer.position;
      if (place) this.map.goTo(place, Math.max(this.state.zoom ?? 0, 14));
      this.cardSlot.querySelector('h2')?.focus();
    });
  }

  private ask(x: number, y: number, crs: string, then?: (answer: Answer) => void): void {
    this.asking.abort();
    this.asking = new AbortController();
    this.question = { x, y, crs };
    this.map.pin(crs === 'wgs84' ? { lon: x, lat: y } : null);
    const waiting = window.setTimeout(() => this.setContent({ kind: 'loading' }), 150);
    void locate(x, y, crs, this.asking.signal)
      .then((answer) => {
        window.clearTimeout(waiting);
        const at = answer.position ?? (crs === 'wgs84' ? { lon: x, lat: y } : null);
        this.state.at = at;
        this.writeHash();
        this.map.pin(at);
        this.map.outline(answer.found ? answer.grid.code : null);
        this.counts = null;
        this.setContent({ kind: 'answer', answer, at });
        void this.countGrid();
        this.say(spoken(answer, this.tr));
        if (then) then(answer);
        else if (at) this.map.reveal(at);
      })
      .catch((error: unknown) => {
        window.clearTimeout(waiting);
        if (isAbort(error)) return;
        this.map.outline(null);
        this.setContent({ kind: 'failed', message: explain(error, this.tr) });
      });
  }

  private setContent(content: CardContent | null): void {
    this.content = content;
    this.renderCard();
    this.renderStatus(null);
    this.layout();
  }

  private closeCard(): void {
    const focusIn = this.cardSlot.contains(document.activeElement);
    this.asking.abort();
    this.counting.abort();
    this.state.at = null;
    this.map.pin(null);
    this.map.outline(null);
    this.setContent(null);
    this.writeHash();
    if (focusIn) this.map.focus();
  }

  // --- the address

  // The hash carries the language from the first change on; a ?lang= left beside it would win at the next visit.
  private writeHash(): void {
    const address = new URL(location.href);
    address.searchParams.delete('lang');
    address.hash = formatHash(this.state);
    history.replaceState(null, '', address);
  }

  private followHash(): void {
    const wanted = parseHash(location.hash);
    const before = this.state;
    const heat = { ...before.heat, on: false };
    this.state = fitToCity({ ...before, at: null, heat, ...wanted }, wanted.lang ?? before.lang, this.city);
    this.tr = translator(this.state.lang);
    this.heatPanel = this.newHeatPanel();
    this.showHeat();
    this.renderAll();
    this.applyView();
    void this.loadMap();
    if (this.state.at) this.ask(this.state.at.lon, this.state.at.lat, 'wgs84');
    else if (this.content) this.closeCard();
  }
}

function curtain(...children: (Node | string)[]): HTMLElement {
  return el('div', { class: 'curtain', role: 'status', 'data-testid': 'curtain' }, icon(icons.weave, 56), ...children);
}

async function start(root: HTMLElement): Promise<void> {
  const lang = chooseLanguage(location.search, location.hash, storedLanguage(), navigator.languages);
  const tr = translator(lang);
  document.documentElement.lang = htmlLang(lang);
  root.replaceChildren(curtain(el('p', {}, tr.t('loading'))));
  try {
    const city = await getCity();
    const state = fitToCity(parseHash(location.hash), lang, city);
    storeLanguage(lang);
    const [incidents, tiles] = await Promise.all([getIncidents(), getTileJson({ map: gridsMap, layer: null }, lang)]);
    new Page(root, city, state, incidents, tiles);
  } catch (error) {
    root.replaceChildren(
      curtain(
        el('p', { role: 'alert', 'data-testid': 'start-error' }, `${tr.t('cityFailed')} ${explain(error, tr)}`),
        el('button', { type: 'button', class: 'plain', click: () => void start(root) }, tr.t('retry')),
      ),
    );
  }
}

const root = el('div', { id: 'page' });
document.body.append(root);
void start(root);
