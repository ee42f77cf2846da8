/** A measurement names the best way to search, and what may be as good. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf } from '../../extension/src/bench/best';
import type { BenchPair, BenchRow } from '../../extension/src/protocol';

function row(mean: number, tiers: string, model?: string): BenchRow {
  const measured = { mean, low: mean - 0.1, high: mean + 0.1 };
  return { tiers, mrr: measured, first: measured, inFive: measured, model };
}

function pair(one: BenchRow, other: BenchRow, withinChance: boolean): BenchPair {
  const { tiers, model } = one;
  return { tiers, model, otherTiers: other.tiers, otherModel: other.model, mrr: one.mrr, withinChance };
}

const WORDS = row(0.4, 'lexical+instant');
const CODE = row(0.7, 'all', 'semlens-code');
const MINI = row(0.65, 'all', 'all-MiniLM-L6-v2');

test('the best way is the one with the highest figure', () => {
  assert.equal(bestOf({ rows: [WORDS, CODE, MINI], pairs: [] })?.row, CODE);
  assert.equal(bestOf({ rows: [WORDS], pairs: [] })?.row, WORDS);
  assert.equal(bestOf({ rows: [], pairs: [] }), undefined);
});

test('another model that may be as good is named, whichever side of the pair it is on', () => {
  const rows = [WORDS, CODE, MINI];
  for (const pairs of [[pair(CODE, MINI, true)], [pair(MINI, CODE, true)]]) {
    assert.deepEqual(
      bestOf({ rows, pairs })?.rivals.map(({ model }) => model),
      ['all-MiniLM-L6-v2'],
    );
  }
  assert.deepEqual(bestOf({ rows, pairs: [pair(CODE, MINI, false)] })?.rivals, []);
});

test('another way of the same model is no rival', () => {
  const deep = row(0.69, 'deep', 'semlens-code');
  assert.deepEqual(bestOf({ rows: [CODE, deep], pairs: [pair(CODE, deep, true)] })?.rivals, []);
});
