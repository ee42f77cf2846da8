/** The treemap shows files however deep they lie, and names them as far as they can be read. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Tile, tilesIn } from '../../extension/src/costs/page/tiles';
import { formatDifference, formatMegabytes, formatShare } from '../../extension/src/text/amounts';
import { costTree } from '../../extension/src/tokens/costTree';

const PAGE = { x: 0, y: 0, width: 900, height: 600 };

function tiles(files: Record<string, number>, box = PAGE): Tile[] {
  const listed = Object.entries(files).map(([path, tokens]) => ({ path, tokens }));
  return tilesIn(costTree('shop', listed), box, '');
}

test('folders of which each has nothing but the next are one tile, with their content', () => {
  const found = tiles({ 'src/flask/app.py': 700, 'src/flask/json/tag.py': 300, 'README.md': 10 });
  assert.deepEqual(
    found.map(({ name, path }) => [name, path]),
    [
      ['src/flask', 'src/flask'],
      ['app.py', 'src/flask/app.py'],
      ['json', 'src/flask/json'],
      ['tag.py', 'src/flask/json/tag.py'],
      ['README.md', 'README.md'],
    ],
  );
});

test('files lie as deep as there is room, inside their folders', () => {
  const found = tiles({ 'a/b/c/d/e.py': 50, 'a/b/c/f.py': 50, 'a/b/g.py': 50, 'a/h.py': 50 });
  assert.ok(found.some(({ path }) => path === 'a/b/c/d/e.py'));
  for (const { path, box } of found) {
    const around = found.find((other) => other.node.children && path.startsWith(`${other.path}/`));
    assert.ok(around === undefined || (box.x >= around.box.x && box.y >= around.box.y), path);
  }
});

test('where there is no room, a folder is drawn without its content', () => {
  const found = tiles({ 'a/b.py': 50, 'a/c.py': 50 }, { x: 0, y: 0, width: 60, height: 40 });
  assert.deepEqual(
    found.map(({ path }) => path),
    ['a'],
  );
});

test('a colour is that of the folder at the top', () => {
  const found = tiles({ 'a/b.py': 60, 'a/c/d.py': 60, 'e/f.py': 40, 'e/g.py': 30 });
  const colours = new Map(found.map(({ path, colour }) => [path, colour]));
  assert.equal(colours.get('a/c'), colours.get('a'));
  assert.notEqual(colours.get('e/f.py'), colours.get('a'));
});

test('a small amount is not none', () => {
  assert.equal(formatMegabytes(20_000), '< 1 MB');
  assert.equal(formatMegabytes(0), '0 MB');
  assert.equal(formatMegabytes(1_500_000), '2 MB');
  assert.equal(formatShare(0.004), '0.4%');
  assert.equal(formatShare(0.0004), '< 0.1%');
  assert.equal(formatShare(0), '0%');
  assert.equal(formatShare(0.63), '63%');
});

test('an end of an interval that is not 0 does not look like it', () => {
  const said = (mean: number, low: number, high: number, decimals = 2): string =>
    formatDifference({ mean, low, high }, decimals);
  assert.equal(said(0.04, 0.01, 0.09), '+0.04 (+0.01 to +0.09)');
  assert.equal(said(0.04, 0.002, 0.09), '+0.040 (+0.002 to +0.090)');
  assert.equal(said(-0.04, -0.09, -0.0004, 3), '−0.0400 (−0.0900 to −0.0004)');
  assert.equal(said(0.04, 0, 0.09, 3), '+0.040 (+0.000 to +0.090)');
  assert.equal(said(0.04, 1e-12, 0.09), '+0.040000 (+0.000000 to +0.090000)');
});
