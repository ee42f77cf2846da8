/** The rows of the results view say first what must not be cut off. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeptHit, newSearch, standing } from '../../extension/src/results/kept';
import { groupLabel, hitLabel } from '../../extension/src/results/labels';

function hit(name: string, lines: number, isPart = false, summary = 'def total(self):'): KeptHit {
  const range = { start: { line: 9, character: 0 }, end: { line: 8 + lines, character: 0 } };
  return {
    uri: 'file:///a.py',
    range,
    line: 9,
    text: '',
    summary,
    name,
    kind: '',
    language: '',
    stale: false,
    words: ['total'],
    isPart,
  };
}

test('a hit begins with its line and name, and marks words in its code alone', () => {
  const { label, highlights } = hitLabel(hit('Cart.total', 3), '10');
  assert.equal(label, '10  Cart.total  def total(self):');
  assert.deepEqual(
    highlights.map(([start, end]) => label.slice(start, end)),
    ['total'],
  );
  assert.equal(highlights[0]?.[0], '10  Cart.total  def '.length);
});

test('a hit without a name, a line or code says what there is', () => {
  assert.equal(hitLabel(hit('', 3), '10').label, '10  def total(self):');
  assert.equal(hitLabel(hit('', 3, false, 'logo.png'), '').label, 'logo.png');
  assert.equal(hitLabel(hit('Cart', 3, false, ''), '10').label, '10  Cart');
});

for (const [copies, label] of [
  [[hit('Walk', 8), hit('Walk', 8)], '2 copies of Walk'],
  [[hit('', 8), hit('', 8)], '2 copies of def total(self):'],
  [[hit('Flask', 14, true), hit('App', 21, true)], '14–21 lines inside Flask and App'],
  [[hit('Flask', 14, true), hit('Flask', 14, true)], '14 lines inside Flask'],
  [[hit('A', 9, true), hit('B', 9, true), hit('C', 9, true)], '9 lines inside A, B and 1 other'],
  [
    [hit('A', 9, true), hit('B', 9, true), hit('C', 9, true), hit('D', 9)],
    '9 lines inside A, B and 2 others',
  ],
  [[], ''],
] as const) {
  test(`near copies: ${label}`, () => {
    assert.equal(groupLabel(copies), label);
  });
}

test('a search that failed is not said to search for good', () => {
  const search = newSearch('1', { kind: 'duplicates' }, 'Duplicate code');
  assert.equal(standing(search), 'waiting');
  assert.equal(standing({ ...search, running: true }), 'searching');
  assert.equal(standing({ ...search, running: false, error: 'No folder is open.' }), 'failed');
  assert.equal(standing({ ...search, running: true, error: 'No folder is open.' }), 'searching');
  assert.equal(standing({ ...search, running: false, when: 7 }), 'answered');
  assert.equal(standing({ ...search, running: true, when: 7 }), 'answered');
  assert.equal(standing({ ...search, running: false, when: 7, error: 'No answer.' }), 'failed');
});
