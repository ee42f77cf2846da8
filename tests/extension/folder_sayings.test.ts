/** What is said of several folders. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from '../../extension/src/status/sayings';

const said = (...pairs: [string, string | undefined][]): string[] =>
  together(pairs.map(([folder, sentence]) => ({ folder, sentence })));

test('one folder is not named', () => {
  assert.deepEqual(said(['shop', 'Improving results.']), ['Improving results.']);
});

test('what is said of all folders is said once', () => {
  assert.deepEqual(said(['shop', 'Improving results.'], ['copy', 'Improving results.']), [
    'Improving results.',
  ]);
});

test('what is said of some names them', () => {
  const found = said(
    ['shop', 'Improving.'],
    ['copy', 'Improving.'],
    ['empty', 'No files.'],
    ['done', undefined],
  );
  assert.deepEqual(found, ['shop, copy: Improving.', 'empty: No files.']);
});

test('nothing said is nothing', () => {
  assert.deepEqual(said(['shop', ''], ['copy', undefined]), []);
});
