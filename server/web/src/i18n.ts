// SPDX-License-Identifier: Apache-2.0
// Every word the page itself says, in both languages; names of places and layers come from the server.
import type { Language, Text } from './api';

const en = {
  product: 'Gridloom',
  loading: 'Loading the city…',
  loadingPlace: 'Looking up the place…',
  loadingTiles: 'Loading map',
  cityFailed: 'The city could not be loaded.',
  placeFailed: 'The place could not be looked up.',
  legendFailed: 'The legend could not be loaded.',
  tilesFailed: 'Parts of the map could not be loaded.',
  noConnection: 'The server does not answer.',
  retry: 'Try again',
  figures: 'Key figures',
  grids: 'Grids',
  population: 'Population',
  incidents: 'Incidents',
  layers: 'Layers',
  language: 'Language',
  controls: 'Maps and layers',
  hideControls: 'Hide maps and layers',
  showControls: 'Show maps and layers',
  maps: 'Maps',
  departmentLayers: "Departments' layers",
  opacity: 'Opacity',
  legend: 'Legend',
  noLegend: 'This map has no legend.',
  units: 'units',
  coordinate: 'Longitude, latitude',
  coordinateHint: 'Longitude, latitude: {example}',
  coordinateBad: 'Write two numbers: longitude, latitude.',
  crs: 'Coordinate system',
  go: 'Find',
  map: 'Map of {city}. Arrow keys move, plus and minus zoom, Enter looks up the place at the centre.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  wholeCity: 'Show the whole city',
  scale: 'Scale',
  zoom: 'Zoom',
  hint: 'Click a place to see its grid and who is responsible there',
  place: 'Place',
  close: 'Close',
  copy: 'Copy code',
  copied: 'Copied',
  kind_general: 'General grid',
  kind_special: 'Special grid',
  kind_uninhabited: 'Uninhabited grid',
  households: 'Households',
  area: 'Area',
  density: 'Per km²',
  adminChain: 'Administrative units',
  responsibility: 'Who is responsible',
  responsibilityCaption: 'The responsible unit of each layer in this grid',
  department: 'Department',
  unit: 'Responsible unit',
  share: 'Share',
  status: 'Status',
  status_sole: 'Sole',
  status_split: 'Split',
  status_vacant: 'Vacant',
  fallback: 'falls to {name}',
  here: 'the point itself: {ids}',
  hereNone: 'the point itself is in no unit',
  showZones: 'Show the responsibility zones: {layer}',
  boundary: 'The point lies on a boundary. The grid with the lower code answers.',
  outside: 'Outside the city',
  position: 'WGS 84',
  summary: 'Grid {code}, {unit}. {sole} sole, {split} split, {vacant} vacant.',
  heat: 'Live heat of incidents',
  live: 'follows new incidents',
  daily: 'up to yesterday',
  operatorView: "Operator's view: exact counts",
  publicView: 'Public view: counts in multiples of {k}',
  notLive: 'no connection',
  period: 'Time',
  lastDay: 'Last day',
  lastDays: 'Last {days} days',
  allTime: 'All time',
  fromTo: 'From – to',
  from: 'From',
  to: 'To and with',
  hours: 'Hours',
  until: 'until',
  weekdays: 'Weekdays',
  category: 'Category',
  allCategories: 'All categories',
  radius: 'Radius',
  heatUnit: 'Incidents per km²',
  inAll: 'over all time',
  inDay: 'on {to}',
  inDays: 'in {days} days, {from} – {to}',
  inDates: '{from} – {to}',
  counted: '{some} of {all} incidents',
  gridIncidents: 'Incidents in this grid',
  recent: '{days} days',
  total: 'All time',
  allOfThem: 'All',
  otherCategories: '{n} other categories',
  noCategory: 'No category',
  categoryNotTold: 'Category not told',
  noIncidents: 'No incidents in this grid.',
  noneTold: 'Fewer incidents than can be told publicly (under {k}), or none.',
  countsFailed: 'The counts could not be loaded.',
  recentNote: 'The {days} days end with the newest incident of the city, {to}.',
  km: 'km',
  m: 'm',
  skip: 'Skip to the map',
};

export type Key = keyof typeof en;

const zh: Record<Key, string> = {
  product: '织网',
  loading: '正在加载城市数据…',
  loadingPlace: '正在查询该位置…',
  loadingTiles: '正在加载地图',
  cityFailed: '城市数据加载失败。',
  placeFailed: '该位置查询失败。',
  legendFailed: '图例加载失败。',
  tilesFailed: '部分地图加载失败。',
  noConnection: '服务器没有响应。',
  retry: '重试',
  figures: '关键指标',
  grids: '网格',
  population: '人口',
  incidents: '事件',
  layers: '图层',
  language: '语言',
  controls: '地图与图层',
  hideControls: '收起地图与图层',
  showControls: '展开地图与图层',
  maps: '地图',
  departmentLayers: '部门图层',
  opacity: '不透明度',
  legend: '图例',
  noLegend: '此地图没有图例。',
  units: '个单元',
  coordinate: '经度，纬度',
  coordinateHint: '经度，纬度：{example}',
  coordinateBad: '请输入两个数字：经度，纬度。',
  crs: '坐标系',
  go: '定位',
  map: '{city}地图。方向键移动，加减键缩放，回车键查询中心位置。',
  zoomIn: '放大',
  zoomOut: '缩小',
  wholeCity: '显示全市',
  scale: '比例尺',
  zoom: '级别',
  hint: '点击地图，查看所在网格与责任单位',
  place: '位置',
  close: '关闭',
  copy: '复制编码',
  copied: '已复制',
  kind_general: '一般网格',
  kind_special: '专属网格',
  kind_uninhabited: '无人居住网格',
  households: '户数',
  area: '面积',
  density: '每平方公里',
  adminChain: '行政区划',
  responsibility: '责任单位',
  responsibilityCaption: '各图层在本网格的责任单位',
  department: '部门',
  unit: '责任单位',
  share: '占比',
  status: '状态',
  status_sole: '唯一',
  status_split: '分属',
  status_vacant: '空缺',
  fallback: '由{name}兜底',
  here: '该点本身属于 {ids}',
  hereNone: '该点本身无单元覆盖',
  showZones: '显示责任区：{layer}',
  boundary: '该点位于网格边界，按规则由编码较小的网格负责。',
  outside: '不在本市范围内',
  position: 'WGS 84',
  summary: '网格 {code}，{unit}。唯一 {sole}，分属 {split}，空缺 {vacant}。',
  heat: '事件实时热力',
  live: '随新事件更新',
  daily: '截至昨日',
  operatorView: '操作者视图：精确数',
  publicView: '公开视图：事件数为 {k} 的整倍数',
  notLive: '连接中断',
  period: '时间',
  lastDay: '最近 1 天',
  lastDays: '最近 {days} 天',
  allTime: '全部时间',
  fromTo: '起止日期',
  from: '开始日期',
  to: '结束日期（含）',
  hours: '时段',
  until: '至',
  weekdays: '星期',
  category: '类别',
  allCategories: '全部类别',
  radius: '半径',
  heatUnit: '每平方公里事件数',
  inAll: '全部时间',
  inDay: '{to}',
  inDays: '{days} 天内，{from} – {to}',
  inDates: '{from} – {to}',
  counted: '共 {all} 件，显示 {some} 件',
  gridIncidents: '本网格事件',
  recent: '近 {days} 天',
  total: '全部时间',
  allOfThem: '合计',
  otherCategories: '其他 {n} 类',
  noCategory: '未分类',
  categoryNotTold: '类别未公布',
  noIncidents: '本网格没有事件。',
  noneTold: '事件数未达公布数量（少于 {k}），或没有事件。',
  countsFailed: '事件统计加载失败。',
  recentNote: '{days} 天截至全市最新事件：{to}。',
  km: '公里',
  m: '米',
  skip: '跳到地图',
};

const words: Record<Language, Record<Key, string>> = { en, zh };
const locales: Record<Language, string> = { en: 'en', zh: 'zh-CN' };

export interface Translator {
  readonly lang: Language;
  /** A phrase of the page; `{name}` places are filled from `values`. */
  t(key: Key, values?: Record<string, string | number>): string;
  /** A text of the server; the other language where this one is empty. */
  text(text: Text): string;
  number(value: number, digits?: number): string;
  percent(value: number): string;
  /** A round number in little room: 10K, 1万. */
  short(value: number): string;
  distance(metres: number): string;
  /** A date, from "2025-03-01" or a local time. */
  date(local: string): string;
  /** Monday first. */
  weekdays(): { short: string; long: string }[];
  /** Square metres as hectares below 1 km², as km² above. */
  area(m2: number): string;
}

export function translator(lang: Language): Translator {
  const locale = locales[lang];
  const number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return {
    lang,
    t: (key, values = {}) =>
      words[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
    text: (text) => text[lang] || text[lang === 'en' ? 'zh' : 'en'],
    number,
    // A split share of 99.7 % must not read as the whole.
    percent: (value) => {
      const floored = value < 1 ? Math.min(Math.round(value * 100), 99) : 100;
      return `${value > 0 && floored === 0 ? '<1' : floored}%`;
    },
    short: (value) => new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value),
    distance: (metres) =>
      metres >= 1000 ? `${number(metres / 1000, 2)} ${words[lang].km}` : `${number(metres)} ${words[lang].m}`,
    date: (local) => {
      const time = Date.parse(`${local.slice(0, 10)}T00:00:00Z`);
      if (Number.isNaN(time)) return local;
      return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(time);
    },
    weekdays: () =>
      Array.from({ length: 7 }, (_, i) => {
        const name = (weekday: 'narrow' | 'long'): string =>
          new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + i));
        return { short: name('narrow'), long: name('long') };
      }),
    area: (m2) => {
      if (m2 >= 1e6) return `${number(m2 / 1e6, 2)} ${lang === 'zh' ? '平方公里' : 'km²'}`;
      return `${number(m2 / 1e4, 1)} ${lang === 'zh' ? '公顷' : 'ha'}`;
    },
  };
}

export const htmlLang = (lang: Language): string => locales[lang];
