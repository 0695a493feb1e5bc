// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { translator } from '../src/i18n';

const en = translator('en');
const zh = translator('zh');

test('phrases are filled in both languages', () => {
  const values = { code: 'A1', unit: 'N', sole: 10, split: 1, vacant: 2 };
  assert.equal(en.t('summary', values), 'Grid A1, N. 10 sole, 1 split, 2 vacant.');
  for (const part of Object.values(values)) assert.ok(zh.t('summary', values).includes(String(part)));
  assert.ok(!/[{}]/.test(zh.t('summary', values)));
});

test('a text without this language shows the other', () => {
  assert.equal(zh.text({ en: 'Harbour', zh: '' }), 'Harbour');
  assert.equal(en.text({ en: '', zh: '市南区' }), '市南区');
});

test('a share short of the whole never reads 100 %, one above nothing never 0 %', () => {
  assert.equal(en.percent(1), '100%');
  assert.equal(en.percent(0.9999), '99%');
  assert.equal(en.percent(0.734), '73%');
  assert.equal(en.percent(0.001), '<1%');
  assert.equal(en.percent(0), '0%');
});

test('areas carry a unit that suits them', () => {
  assert.equal(en.area(2_340_000), '2.34 km²');
  assert.equal(en.area(125_000), '12.5 ha');
  assert.equal(zh.area(125_000), '12.5 公顷');
});
