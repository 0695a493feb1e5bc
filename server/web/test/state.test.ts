// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { City } from '../src/api';
import { calmHeat, formatHeat, heatQuery, newest, parseHeat, span, type Heat, type IncidentInfo } from '../src/heat';
import { chooseLanguage, fitToCity, formatHash, parseHash, parsePair, scaleBar, type State } from '../src/state';

const text = { en: '', zh: '' };
const plain = { icon: 'M0 0h24', dark: false, raster_tells_incidents: false };
const city: City = {
  id: 'x',
  name: text,
  crs: 'EPSG:4549',
  bounds: [120, 36, 121, 37],
  epoch: 1,
  grids: 1,
  atoms: 1,
  population: 1,
  incidents: 0,
  audience: 'operator',
  k: 5,
  layers: [
    { id: 'police', title: text, department: text, cells: 1 },
    { id: 'fire & rescue', title: text, department: text, cells: 1 },
  ],
  admin: [],
  maps: [
    { id: 'grids', title: text, description: text, ...plain, needs_layer: false },
    { id: 'zones', title: text, description: text, ...plain, needs_layer: true },
  ],
};

test('a state survives the address', () => {
  const state: State = {
    map: 'zones',
    layer: 'fire & rescue',
    lang: 'zh',
    centre: { lon: -73.98125, lat: 40.75 },
    zoom: 12.25,
    opacity: 65,
    at: { lon: -73.985512, lat: 40.758001 },
    heat: calmHeat(),
  };
  const hash = formatHash(state);
  assert.equal(hash, '#map=zones&layer=fire%20%26%20rescue&lang=zh&c=-73.98125,40.75&z=12.25&o=65&at=-73.985512,40.758001');
  assert.deepEqual({ heat: calmHeat(), ...parseHash(hash) }, state);
});

test('what an address says wrongly is left out', () => {
  assert.deepEqual(parseHash('#map=&c=1&z=deep&o=&at=200,10&lang=fr'), {});
  assert.deepEqual(parseHash('#c=1,2,3&at=1,'), {});
  assert.deepEqual(parseHash('#z=99&o=140'), { zoom: 22, opacity: 100 });
  assert.deepEqual(parseHash(''), {});
});

test('a map or layer of another city becomes the first of this one', () => {
  const state = fitToCity({ map: 'heat', layer: 'sewers' }, 'en', city);
  assert.equal(state.map, 'grids');
  assert.equal(state.layer, 'police');
  assert.equal(fitToCity({ map: 'zones', layer: 'fire & rescue' }, 'en', city).layer, 'fire & rescue');
});

test('an address asks the public form for nothing that it does not answer', () => {
  const wanted = parseHash('#heat=1&days=7&hours=22-4&wd=1,2&cat=noise&r=100');
  assert.equal(fitToCity(wanted, 'en', city).heat.radius, 100);
  const { heat } = fitToCity(wanted, 'en', { ...city, audience: 'public' });
  assert.deepEqual(heat, { ...calmHeat(), on: true, period: 'all', category: 'noise', radius: 500 });
  assert.equal(fitToCity(wanted, 'en', { ...city, audience: 'public', k: null }).heat.radius, 100);
});

test('the language asked for wins over the kept one, that over the browser', () => {
  assert.equal(chooseLanguage('?lang=zh', '#lang=en', 'en', ['en']), 'zh');
  assert.equal(chooseLanguage('', '#lang=zh', 'en', ['en']), 'zh');
  assert.equal(chooseLanguage('', '', 'zh', ['en']), 'zh');
  assert.equal(chooseLanguage('', '', null, ['zh-CN', 'en']), 'zh');
  assert.equal(chooseLanguage('', '', null, ['de']), 'en');
  assert.equal(chooseLanguage('?lang=fr', '', null, []), 'en');
});

test('two numbers are read as people write them', () => {
  assert.deepEqual(parsePair('-73.98, 40.75'), [-73.98, 40.75]);
  assert.deepEqual(parsePair(' (120.382665\uff0c36.066938) '), [120.382665, 36.066938]);
  assert.deepEqual(parsePair('\uff08583960 4507523\uff09'), [583960, 4507523]);
  for (const bad of ['', '120', '1,2,3', '1,x', ',', '1,', 'NaN 2', 'Infinity,0']) assert.equal(parsePair(bad), null, bad);
});

test('the scale bar is round and fits', () => {
  assert.deepEqual(scaleBar(10, 110), { metres: 1000, pixels: 100 });
  assert.equal(scaleBar(19, 110).metres, 2000);
  assert.equal(scaleBar(0.02, 110).metres, 2);
  for (let m = 0.01; m < 2000; m *= 1.07) {
    const { metres, pixels } = scaleBar(m, 110);
    assert.ok(pixels <= 110.001 && pixels > 110 / 2.6, `${m}: ${metres} m in ${pixels} px`);
  }
});

test('a heat layer survives the address, and one that is off is not in it', () => {
  const heat: Heat = {
    on: true,
    period: { from: '2015-07-01', to: '2015-07-31' },
    hours: [22, 4],
    weekdays: [6, 7],
    category: 'Noise & more',
    radius: 750,
    opacity: 60,
  };
  const parts = formatHeat(heat).join('&');
  assert.equal(parts, 'heat=1&from=2015-07-01&to=2015-07-31&hours=22-4&wd=6,7&cat=Noise%20%26%20more&r=750&ho=60');
  assert.deepEqual(parseHeat(new URLSearchParams(parts)), heat);
  assert.deepEqual(parseHash(`#map=grids&${parts}`).heat, heat);
  for (const period of ['all', { days: 90 }] as const)
    assert.deepEqual(parseHeat(new URLSearchParams(formatHeat({ ...heat, period }).join('&'))).period, period);
  assert.deepEqual(formatHeat({ ...heat, on: false }), []);
});

test('what an address says wrongly about the heat is as at first', () => {
  const wrong = 'heat=1&days=-3&from=soon&hours=25-1&wd=0,8,x&r=wide&ho=';
  assert.deepEqual(parseHeat(new URLSearchParams(wrong)), { ...calmHeat(), on: true });
  assert.deepEqual(parseHeat(new URLSearchParams('from=2015-08-01&to=2015-07-01')).period, { days: 30 });
  assert.deepEqual(parseHeat(new URLSearchParams('hours=5-5&r=99999&wd=1,2,3,4,5,6,7')), { ...calmHeat(), radius: 10_000 });
});

test('the last days end with the newest incident, in the wall clock of the city', () => {
  const info = { last: '2015-12-31T23:10:00', time_zone: 'America/New_York' } as IncidentInfo;
  const now = new Date('2026-03-01T02:00:00Z');
  assert.equal(newest(info, now), '2015-12-31T23:10:00');
  assert.equal(newest({ ...info, last: '2099-01-01T00:00:00' }, now), '2026-02-28T21:00:00', 'none is yet to come');
  assert.equal(newest({ ...info, last: null }, now), '2026-02-28T21:00:00');
  assert.deepEqual(span({ days: 30 }, '2016-03-01T10:00:00'), { from: '2016-02-01', to: null });
  assert.deepEqual(span({ days: 1 }, '2016-03-01'), { from: '2016-03-01', to: null });
  assert.deepEqual(span({ from: '2015-12-01', to: '2015-12-31' }, ''), { from: '2015-12-01', to: '2016-01-01' });
  assert.deepEqual(span('all', ''), { from: null, to: null });
  const heat = { ...calmHeat(), hours: [22, 4] as [number, number], weekdays: [6, 7], category: 'x' };
  assert.deepEqual(heatQuery(heat, '2015-12-31T23:10:00'), {
    from: '2015-12-02',
    to: null,
    hours: '22-4',
    weekdays: '6,7',
    category: 'x',
  });
});
