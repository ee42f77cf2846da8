/** The semantic map: what a user sees of it, asks it and opens from it, in every kind of theme. */

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { assertAccessible } from '../accessible';
import { choose } from '../choose';
import { openIndexed } from '../session';
import { eventually, facts } from '../vscode';

const THEMES = { dark: 'Dark Modern', 'high contrast': 'Default High Contrast' };
const QUESTION = 'walk to the nearest shelf that was not visited yet';

const code = await openIndexed();
const settings = path.join(facts.workspace, '.vscode');
after(() => {
  rmSync(settings, { recursive: true, force: true });
});

test('the map shows every definition, and where the answers to a question are', async () => {
  await code.command('Semlens: Show Semantic Map');
  const { view } = code;
  await view.getByText(/^[\d,]+ definitions in \d+ clusters?/).waitFor({ timeout: 60_000 });
  await assertAccessible(code, 'vscode-light');
  await code.screenshot('map');
  const input = view.getByRole('searchbox', { name: 'Question' });
  await input.fill(QUESTION);
  await input.press('Enter');
  await view.getByText(/definitions? (is|are) nearest to the question/).waitFor();
  await code.screenshot('map with answers');
  await input.fill('');
  await choose(view, 'Color by', 'Language');
  await view.getByRole('button', { name: /^go\s*\d+$/ }).waitFor();
});

test('a point is chosen by keys, says why it is there, and opens', async () => {
  const { view } = code;
  const plane = view.getByRole('application', { name: 'Semantic map' });
  await plane.focus();
  await code.page.keyboard.press('Escape');
  await code.page.keyboard.press('ArrowRight');
  await view.getByRole('heading', { name: 'Near because it is like' }).waitFor();
  const first = await view.locator('.note').innerText();
  await code.page.keyboard.press('ArrowRight');
  await eventually('the next one is chosen', 30_000, async () => {
    const said = await view.locator('.note').innerText();
    return said !== first && /, [\w/]+\.\w+:\d+$/.test(said);
  });
  const [, name] = /([^/]+):\d+$/.exec(await view.locator('.note').innerText()) ?? [];
  await view.getByRole('heading', { name: 'Near because it is like' }).waitFor();
  await code.screenshot('map with reasons');
  await code.page.keyboard.press('Enter');
  await code.page.locator(`.tab.active[data-resource-name="${name ?? ''}"]`).waitFor();
  await code.command('View: Close Editor');
});

test('what a lasso encloses is where the next search looks', async () => {
  const { view, page } = code;
  const box = await view.getByRole('application', { name: 'Semantic map' }).boundingBox();
  assert.ok(box !== null);
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  for (const [x, y] of [
    [box.width - 5, 5],
    [box.width - 5, box.height / 2],
    [5, box.height / 2],
  ] as const) {
    await page.mouse.move(box.x + x, box.y + y, { steps: 4 });
  }
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await view.getByText(/definitions enclosed$/).waitFor();
  await code.screenshot('map with a lasso');
  await view.getByRole('button', { name: /^Search in th/ }).click();
  await code.quickInput.getByText(/^Search by meaning in /).waitFor();
  await code.dismiss();
});

test('the map is a list too, and follows the theme', async () => {
  const { view } = code;
  const cluster = view.locator('.cluster').first();
  await cluster.locator('summary').press('Enter');
  await cluster.getByRole('button').first().click();
  await view.getByRole('heading', { name: 'Near because it is like' }).waitFor();
  for (const [name, theme] of Object.entries(THEMES)) {
    const before = await background();
    mkdirSync(settings, { recursive: true });
    writeFileSync(path.join(settings, 'settings.json'), JSON.stringify({ 'workbench.colorTheme': theme }));
    await eventually(`${name} is there`, 30_000, async () => (await background()) !== before);
    await code.page.waitForTimeout(300);
    await code.screenshot(`map in ${name}`);
  }
  await assertAccessible(code, 'vscode-high-contrast');
  rmSync(settings, { recursive: true });
  await code.command('View: Close All Editors');
});

function background(): Promise<string> {
  return code.view.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
}
