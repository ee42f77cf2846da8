/** Images found by words: in the list they are shown for a glance, and they open in the editor's image viewer. */

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { hovers } from '../hover';
import { openIndexed } from '../session';
import { eventually, facts } from '../vscode';

const DRAWN = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="140"><title>Walk through the warehouse</title>
<rect width="320" height="140" fill="#8ac"/><text x="20" y="40">Packing table</text></svg>`;
/** One red pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

const code = await openIndexed();
const settings = path.join(facts.workspace, '.vscode');
after(() => {
  rmSync(settings, { recursive: true, force: true });
});

test('images are found when a setting asks for them, and shown while one moves through the hits', async () => {
  const folder = path.join(facts.workspace, 'docs', 'img');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'aisles.svg'), DRAWN);
  writeFileSync(path.join(folder, 'return.png'), PIXEL, 'base64');
  writeFileSync(
    path.join(facts.workspace, 'docs', 'images.md'),
    '![The label for what goes back](img/return.png)\n',
  );
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, 'settings.json'), JSON.stringify({ 'semlens.images': true }));
  const before = await code.tabs();
  await eventually('both are found', 60_000, async () => {
    const rows = await code.search('kind:image packing table');
    const found = rows.some((row) => /aisles\.svg[^]*Packing table/.test(row)) && rows.length > 1;
    if (!found) {
      await code.dismiss();
    }
    return found;
  });
  assert.equal(await code.rows.first().locator('.codicon-file-media').count(), 1);
  await code.page.keyboard.press('ArrowDown');
  await code.page.locator('.tab[data-resource-name="return.png"]').waitFor();
  await code.page.keyboard.press('ArrowUp');
  await code.page.locator('.tab[data-resource-name="aisles.svg"]').waitFor();
  await code.page.locator('.tab[data-resource-name="return.png"]').waitFor({ state: 'detached' });
  await code.view.locator('img').waitFor();
  await code.screenshot('image in the list');
  await code.dismiss();
  await eventually(
    'the tabs are as before',
    30_000,
    async () => (await code.tabs()).join() === before.join(),
  );
});

test('an image opens in the image viewer, from the list and from the results view', async () => {
  await code.finds('kind:image label for what goes back', /return\.png/);
  await code.page.keyboard.press('Enter');
  await code.page.locator('.tab.active[data-resource-name="return.png"]').waitFor();
  await code.view.locator('img').waitFor();
  await code.command('View: Close All Editors');
  await code.search('kind:image packing table');
  await code.page.keyboard.press('Alt+Enter');
  const hit = code.page.getByRole('treeitem', { name: /^aisles\.svg, Packing table/ });
  await hovers(hit, code.page.locator('.monaco-hover:visible', { hasText: 'aisles.svg' }));
  await code.screenshot('image in the results view');
  await hit.click();
  await code.page.locator('.tab.active[data-resource-name="aisles.svg"]').waitFor();
  await code.view.locator('img').waitFor();
  await code.screenshot('image opened');
  await code.command('View: Close All Editors');
});
