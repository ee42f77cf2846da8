/** A tile of the treemap says what it says whole: a number that is cut off is another number. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept, type Label } from '../../extension/src/costs/page/tidy';

const FILE: Label = {
  isFolder: false,
  width: 120,
  height: 60,
  name: { width: 50, whole: 50 },
  count: { right: 100, bottom: 19 },
};

function of(change: Partial<Label>): string {
  const { name, count } = kept({ ...FILE, ...change });
  return [...(name ? ['name'] : []), ...(count ? ['count'] : [])].join(' and ');
}

test('what fits is shown', () => {
  assert.equal(of({}), 'name and count');
  assert.equal(of({ count: { right: 120, bottom: 60 } }), 'name and count');
});

test('a count that is cut off is left out, at the side and below', () => {
  assert.equal(of({ count: { right: 121, bottom: 19 } }), 'name');
  assert.equal(of({ count: { right: 100, bottom: 61 } }), 'name');
});

test('below the name of a folder is what is in it', () => {
  assert.equal(of({ isFolder: true }), 'name and count');
  assert.equal(of({ isFolder: true, count: { right: 50, bottom: 38 } }), 'name');
  assert.equal(of({ count: { right: 50, bottom: 38 } }), 'name and count');
});

test('a name is shown as far as it can be read, and nothing where it cannot', () => {
  assert.equal(of({ name: { width: 60, whole: 200 } }), 'name and count');
  assert.equal(of({ name: { width: 39, whole: 200 } }), '');
  assert.equal(of({ name: { width: 12, whole: 12 } }), 'name and count', 'a short name that is whole');
  assert.equal(of({ name: { width: 11, whole: 12 } }), '');
});
