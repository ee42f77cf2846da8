/** Images found by words and by what they show: shown for a glance in the list, opened in the image viewer. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const tabs = await code.tabs();
  await eventually('both are found', 60_000, async () => {
    const rows = await code.search('kind:image packing table');
    const found = rows.some((row) => /aisles\.svg[^]*Packing table/.test(row)) && rows.length > 1;
    if (!found) {
      await code.dismiss();
    }
    return found;
  });
  await code.rows.first().locator('.codicon-file-media').waitFor();
  await code.page.keyboard.press('ArrowDown');
  await code.page.locator('.tab[data-resource-name="return.png"]').waitFor();
  await code.page.keyboard.press('ArrowUp');
  await code.page.locator('.tab[data-resource-name="aisles.svg"]').waitFor();
  await code.page.locator('.tab[data-resource-name="return.png"]').waitFor({ state: 'detached' });
  await code.view.locator('img').waitFor();
  await code.screenshot('image in the list');
  await code.dismiss();
  await eventually('the tabs are as before', 30_000, async () => (await code.tabs()).join() === tabs.join());
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

test('a model that looks at images is listed; what is not there, RapidOCR too, is a sentence', async (context) => {
  const machine = facts.settings ?? '';
  const before = readFileSync(machine, 'utf8');
  context.after(() => {
    writeFileSync(machine, before);
  });
  const set = (named: object): void => {
    writeFileSync(machine, JSON.stringify({ ...(JSON.parse(before) as object), ...named }));
  };
  const nameModel = (folder: string): void => {
    set({ 'semlens.imageModel': folder });
  };
  set({ 'semlens.imageText': true });
  await code.command('Semlens: Show Status');
  const missing = 'The text in images cannot be read. RapidOCR is not installed: run ';
  await code.rows.filter({ hasText: missing }).waitFor();
  await code.screenshot('reader of text that is not there');
  await code.dismiss();
  nameModel(path.join(facts.workspace, 'no-model'));
  await code.command('Semlens: Show Status');
  await code.rows.filter({ hasText: 'The image model cannot be used. There is no model in ' }).waitFor();
  await code.screenshot('image model that is not there');
  await code.dismiss();
  nameModel(path.join(path.dirname(facts.workspace), 'tiny-clip')); // made by the test in Python
  await code.command('Semlens: Show Models');
  const model = code.page.getByRole('treeitem', { name: /^tiny-clip: Image model · in use/ });
  await model.click();
  await code.page.getByRole('treeitem', { name: /shop: \d+% of 1 image/ }).waitFor();
  await code.screenshot('models with one that looks at images');
});
