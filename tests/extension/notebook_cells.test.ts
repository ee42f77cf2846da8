/** Which cell of a notebook has a line of its file. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellAt } from '../../extension/src/view/cells';

const notebook = {
  cells: [
    { cell_type: 'markdown', source: ['# Prices\n', 'How goods are priced.'] },
    { cell_type: 'code', source: [] },
    { cell_type: 'code', source: 'def cost(weight):\n    return 3 * weight' },
    { cell_type: 'code', source: ['def refund(order):\n', '    return order.total'] },
  ],
};

for (const indent of [1, 2, '\t']) {
  test(`each line is in its cell, indented by ${JSON.stringify(indent)}`, () => {
    const text = JSON.stringify(notebook, undefined, indent);
    const row = (part: string): number => text.split('\n').findIndex((line) => line.includes(part));
    const found = ['# Prices', 'goods are', 'def cost', 'order.total'].map((part) =>
      cellAt(text, row(part), ''),
    );
    assert.deepEqual(found, [0, 0, 2, 3]);
  });
}

test('in one line a cell is found by what was written in it', () => {
  const text = JSON.stringify(notebook);
  const found = ['def refund(order):', '    return 3 * weight', 'nowhere', ''].map((shown) =>
    cellAt(text, 0, shown),
  );
  assert.deepEqual(found, [3, 2, 0, 0]);
});

test('what is no notebook has no cells', () => {
  for (const text of ['', '{', '[]', '{"cells": []}', '{"cells": 3}', 'null']) {
    assert.equal(cellAt(text, 0, 'x'), undefined);
  }
});
