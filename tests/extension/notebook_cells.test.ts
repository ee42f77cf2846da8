/** Which cell of a notebook has a line of its file, and what somebody wrote in that line. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asWritten, cellAt } from '../../extension/src/view/cells';

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

for (const indent of [1, 2, '\t']) {
  test(`what was written stands in its line, indented by ${JSON.stringify(indent)}`, () => {
    const outputs = [{ text: ['3 euros\n', 'def printed():'] }];
    const cells = notebook.cells.map((cell) => ({ metadata: { a: '1' }, ...cell, outputs }));
    const text = JSON.stringify({ cells, metadata: { name: 'x' } }, undefined, indent);
    const rows = text.split('\n');
    const written = asWritten(text).split('\n');
    assert.equal(written.length, rows.length);
    assert.deepEqual(
      written.filter((row) => row !== ''),
      [
        '# Prices',
        'How goods are priced.',
        'def cost(weight):     return 3 * weight',
        'def refund(order):',
        '    return order.total',
      ],
    );
    assert.ok(rows[written.indexOf('def refund(order):')]?.includes('def refund'));
  });
}

test('what is no notebook stays as it is, and a notebook in one line has one', () => {
  for (const text of ['', '{', '{"cells": []}', '"source": ["a"]']) {
    assert.equal(asWritten(text), text);
  }
  assert.equal(asWritten(JSON.stringify(notebook)).split('\n').length, 1);
  const odd = '{"cells": [\n{"source": ["a \\"b\\" [c]\\n",\n "d"]},\n{"source": "e"},\n{"source": []}\n]}';
  assert.deepEqual(asWritten(odd).split('\n').length, odd.split('\n').length);
});

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
