/** Searching leaves no trace: tabs, explorer and scroll are as before, and the question is there for next time. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openIndexed } from './session';
import { eventually, facts, reads } from './vscode';

const QUESTION = 'walk to the nearest shelf that was not visited yet';

const code = await openIndexed();
const { page } = code;

test('the page that greets is back after a search, and so is the explorer', async () => {
  await page.locator('.tab[data-resource-name="Welcome"], .tab', { hasText: 'Welcome' }).first().waitFor();
  const [tabs, explorer] = [await code.tabs(), await code.explorer()];
  await searchAndMove(3);
  assert.deepEqual(await code.explorer(), explorer, 'a preview unfolds no folder');
  await page.keyboard.press('Escape');
  await until('the tabs are as before', () => code.tabs(), tabs);
  await until('the explorer is as before', () => code.explorer(), explorer);
});

test('the first line of a hit is below the list', async () => {
  writeFileSync(path.join(facts.workspace, 'backend/long.py'), longFile());
  await eventually(
    'it is found',
    30_000,
    async () => (await code.search('feed the elephant'))[0]?.includes('long.py') ?? false,
  );
  await page.locator('.tab.active[data-resource-name="long.py"]').waitFor();
  const line = page.locator('.editor-group-container.active .view-line', { hasText: 'def feed_elephant' });
  await line.waitFor();
  await eventually('it is below the list', 30_000, async () => {
    const [list, text] = [await code.quickInput.boundingBox(), await line.boundingBox()];
    return list !== null && text !== null && text.y >= list.y + list.height;
  });
  await code.screenshot('below the list');
});

test('the question is there again, selected, on the hit where it was left', async () => {
  await searchAndMove(2);
  const hit = await activeRow();
  await page.keyboard.press('Escape');
  await code.quickInput.waitFor({ state: 'hidden' });
  await openList();
  await eventually('the question is back', 30_000, async () => (await code.question()) === QUESTION);
  await until('the hit is active', activeRow, hit);
  await until('the question is selected', selectedInput, QUESTION);
  await page.locator('.statusbar').click({ position: { x: 400, y: 8 } }); // outside of the list
  await code.quickInput.waitFor({ state: 'hidden' });
  await openList();
  await eventually('and after a click outside', 30_000, async () => (await code.question()) === QUESTION);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await code.rows.filter({ hasText: QUESTION }).first().waitFor();
});

test('what is said of a copy goes when the user moves on', async () => {
  await code.search(QUESTION);
  await page.keyboard.press('Control+Shift+C');
  await code.quickInput.getByText(/Copied \d+ lines/).waitFor();
  await page.keyboard.press('ArrowDown');
  await code.quickInput.getByText('Search by meaning', { exact: true }).waitFor();
});

test('rows are read out without the names of icons', async () => {
  await code.search(QUESTION);
  const readOut = async (): Promise<string> => (await code.rows.first().getAttribute('aria-label')) ?? '';
  await reads(readOut, /^\w+.*, [\w/.]+:\d+/);
  assert.doesNotMatch(await readOut(), /symbol-|\$\(/);
});

test('a selection is the question', async () => {
  await code.openFile('backend/shipping/rates.py');
  await code.goTo(13, 5);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.locator('[id="status.editor.selection"]', { hasText: 'selected' }).waitFor();
  await openList();
  await eventually('it is typed in', 30_000, async () => {
    const question = await code.question();
    return question.length > 3 && question !== QUESTION;
  });
});

test('what is left out is listed with reasons, and one reason is readable to its end', async () => {
  writeFileSync(path.join(facts.workspace, 'package-lock.json'), '{}\n');
  await code.command('Semlens: Show Files Left Out');
  await code.quickInput.getByText(/left out in shop/).waitFor();
  await eventually('the new file is listed', 30_000, async () => {
    await code.dismiss();
    await code.command('Semlens: Show Files Left Out');
    await code.quickInput.getByText(/left out in shop/).waitFor();
    return (await code.rows.filter({ hasText: 'package-lock.json' }).count()) > 0;
  });
  await code.screenshot('left out');
  await code.dismiss();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'package-lock.json' }).click();
  await page.locator('.tab.active[data-resource-name="package-lock.json"]').waitFor();
  await code.command('Semlens: Why Is This File (Not) Indexed?');
  const said = code.notifications.filter({ hasText: 'package-lock.json is not indexed' });
  await said.getByText('Files Left Out').waitFor();
  const message = said.locator('.notification-list-item-message');
  await reads(() => message.innerText(), /lock file/);
  await eventually('it is not cut off', 30_000, () =>
    message.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth),
  );
  await code.screenshot('why in full');
  await code.command('Notifications: Clear All Notifications');
});

test('code that was never saved has similar code', async () => {
  await code.command('File: New Untitled Text File');
  await page.keyboard.insertText('def postage(weight, zone):\n    return weight * rate(zone)');
  await code.command('Semlens: Find Similar Code');
  await reads(() => code.rows.allInnerTexts(), /rates\.py/);
  await code.dismiss();
  const untitled = page.locator('.tab.active[data-resource-name="Untitled-1"]');
  await untitled.waitFor();
  await code.command('View: Revert and Close Editor');
  await untitled.waitFor({ state: 'hidden' });
});

test('without preview tabs no tab stays behind, and a tier that is off is no zero', async () => {
  mkdirSync(path.join(facts.workspace, '.vscode'), { recursive: true });
  const settings = { 'workbench.editor.enablePreview': false, 'semlens.deepTier': 'off' };
  writeFileSync(path.join(facts.workspace, '.vscode/settings.json'), JSON.stringify(settings));
  await page.waitForTimeout(1_000);
  await code.openFile('backend/shipping/rates.py');
  const tabs = await code.tabs();
  await searchAndMove(4);
  await page.keyboard.press('Escape');
  await until('the tabs are as before', () => code.tabs(), tabs);
  await code.statusItem.click();
  await reads(() => code.rows.allInnerTexts(), /best quality is switched off/);
  await code.screenshot('best quality off');
  assert.doesNotMatch((await code.rows.allInnerTexts()).join('\n'), /0 ?%/);
  await code.dismiss();
  writeFileSync(path.join(facts.workspace, '.vscode/settings.json'), '{ "semlens.enabled": false }');
  await reads(() => code.status(), /Switched off by the setting semlens\.enabled/);
  writeFileSync(path.join(facts.workspace, '.vscode/settings.json'), '{}');
});

async function openList(): Promise<void> {
  await page.keyboard.press('Control+Shift+Alt+F');
  await code.quickInput.waitFor();
}

async function searchAndMove(down: number): Promise<void> {
  await code.search(QUESTION);
  for (let moved = 0; moved < down; moved++) {
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(250);
  }
  await page.locator('.tab.active', { hasText: /\.\w+$/ }).waitFor();
}

async function activeRow(): Promise<string | null> {
  const focused = code.quickInput.locator('.monaco-list-row.focused');
  return (await focused.count()) === 1 ? focused.getAttribute('aria-label') : null;
}

function selectedInput(): Promise<string> {
  return code.quickInput
    .locator('input.input')
    .first()
    .evaluate((input: HTMLInputElement) =>
      input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0),
    );
}

async function until<T>(what: string, now: () => Promise<T>, expected: T): Promise<void> {
  await eventually(what, 30_000, async () => JSON.stringify(await now()) === JSON.stringify(expected));
}

/** One function in the middle of many others. */
function longFile(): string {
  const filler = (from: number): string =>
    Array.from(
      { length: 60 },
      (_, row) => `def table_${from + row}(rows):\n    return rows[${row}]\n\n\n`,
    ).join('');
  const wanted =
    'def feed_elephant(elephant, hay):\n    """Feed the elephant."""\n    elephant.eat(hay)\n\n\n';
  return filler(0) + wanted + filler(100);
}
