/** An answer without a good hit does not fill the list. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hit } from '../../extension/src/protocol';
import { foundBy } from '../../extension/src/results/kept';
import { WEAK_SHOWN, worthShowing } from '../../extension/src/search/worthShowing';

const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
const HITS = Array.from({ length: 50 }, (_, line) => {
  return { uri: 'file:///a.py', range, line, preview: '', summary: 'x', reasons: [], language: '' };
}) as unknown as Hit[];

function result(weak: boolean, count = HITS.length): Parameters<typeof foundBy>[0] {
  return { hits: HITS.slice(0, count), weak, notices: [] } as unknown as Parameters<typeof foundBy>[0];
}

test('a list has all good hits, and the nearest few if none is good', () => {
  assert.equal(worthShowing(result(false)).length, 50);
  assert.equal(worthShowing(result(true)).length, WEAK_SHOWN);
  assert.equal(worthShowing(result(true, 3)).length, 3);
});

test('the results view keeps what the list had, and shows more when it is asked to', () => {
  assert.equal(foundBy(result(false), 50).hits.length, 50);
  const weak = foundBy(result(true), 50);
  assert.deepEqual([weak.hits.length, weak.cut], [WEAK_SHOWN, true]);
  assert.equal(foundBy(result(true), 100).hits.length, 50);
});
