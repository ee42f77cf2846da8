/** What is done with hits, and what goes wrong most easily: edits that are not saved, lists that replace each other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, reads } from '../vscode';
import { linesOf } from './lines';

/** In the file's own words, so that every tier finds it. */
const QUESTION = 'walk to the nearest shelf that was not visited yet';
const FOUND = 'warehouse/picking/route.go';

const code = await openIndexed();
const copied = (): Promise<string> => code.page.evaluate(() => navigator.clipboard.readText());

test('a hit is copied with its path, and what that costs is said', async () => {
  await code.finds(QUESTION, /^[^]{0,80}route\.go/);
  await code.page.keyboard.press('Control+Shift+C');
  await code.quickInput.getByText(/Copied \d+ lines, \d+ tokens \(o200k_base\)/).waitFor();
  await code.screenshot('copied');
  await reads(copied, /^warehouse\/picking\/route\.go:\d+-\d+\n```go\n[^]*func Walk\([^]*\n}\n```\n$/);
});

test('a hit says why it was found, and what the list found is kept, walked through and run again', async () => {
  await code.search(QUESTION);
  await code.page.keyboard.press('Control+I');
  await code.quickInput.getByText('Why Walk was found').waitFor();
  await code.quickInput.getByText('By meaning, fast').waitFor();
  await reads(() => code.rows.allInnerTexts(), /nearest\s*in its /);
  await code.screenshot('why');
  await code.page.keyboard.press('Enter');
  await eventually('the list is back', 30_000, async () => (await code.question()) === QUESTION);
  await code.settled();
  await code.page.keyboard.press('Alt+Enter');
  const { results } = code;
  await results.getByText(/^\d+ hits in \d+ files · /).waitFor();
  await code.screenshot('results');
  await code.page.keyboard.press('F4');
  await code.page.locator('.tab.active[data-resource-name="route.go"]').waitFor();
  const [first] = await code.cursor();
  await code.page.keyboard.press('F4');
  await eventually('it goes on', 30_000, async () => (await code.cursor())[0] !== first);
  await code.page.keyboard.press('Shift+F4');
  await eventually('it comes back', 30_000, async () => (await code.cursor())[0] === first);
  await results.first().click();
  await code.page.keyboard.press('Control+C');
  await reads(copied, /^warehouse\/picking\/route\.go:\d+\n/);
  await code.page.keyboard.press('Delete');
  await code.page.getByText('Searches that you keep are listed here.').waitFor();
  await code.command('View: Show Explorer');
  await code.command('View: Close All Editors');
});

test('similar code is a code action, and a hit stands beside the code that it is like', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.goTo(17, 8);
  await code.page.keyboard.press('Control+.');
  await code.page.locator('.action-widget').getByText('Find similar code').waitFor();
  await code.page.keyboard.press('Enter');
  await code.quickInput.getByText('Code similar to the code at the cursor').waitFor();
  await code.settled();
  await code.page.keyboard.press('Control+Shift+D');
  await reads(() => code.activeTab.innerText(), /^\s*refunds\.py:17-21 ↔ \w+\.\w+:\d+/);
  await code.page.locator('.monaco-diff-editor', { hasText: 'give_back' }).waitFor();
  await code.screenshot('beside each other');
  await code.command('View: Close All Editors');
});

test('Enter opens the first answer to what was typed last, before that is there, beside it and after it', async () => {
  for (const milliseconds of [0, 30, 60, 90, 150]) {
    await code.search('spell checker');
    await code.page.keyboard.press('Control+A');
    await code.page.keyboard.insertText(QUESTION);
    await code.page.waitForTimeout(milliseconds);
    await code.page.keyboard.press('Enter');
    await code.page.locator('.tab.active[data-resource-name="route.go"]').waitFor();
    await code.command('View: Close All Editors');
  }
});

test('a key that acts on a hit waits for the answer to what was typed last, as Enter does', async () => {
  const input = code.quickInput.locator('input.input').first();
  for (const milliseconds of [0, 45, 90]) {
    await code.search('spell checker');
    await code.page.evaluate(() => navigator.clipboard.writeText('nothing'));
    await input.focus();
    await code.page.keyboard.press('Control+A');
    await code.page.keyboard.insertText(QUESTION);
    await code.page.waitForTimeout(milliseconds);
    await code.page.keyboard.press('Control+Shift+C');
    await reads(copied, /^(?!nothing)/);
    assert.match(await copied(), /^warehouse\/picking\/route\.go:/);
    await code.dismiss();
  }
});

test('a hit in a file with edits that are not saved opens where it is now', async () => {
  const [saved] = linesOf(FOUND, 'Walk');
  await code.openFile(FOUND);
  await code.page.locator('.editor-group-container.active .view-lines').click();
  await code.page.keyboard.press('Control+Home');
  await code.page.keyboard.type('// one\n// two\n');
  const moved = (await code.search(QUESTION)).find((row) => row.includes('route.go')) ?? '';
  const [, line] = /route\.go:(\d+)/.exec(moved) ?? [];
  assert.ok(!moved.includes('changed since'), moved);
  await code.page.keyboard.press('Enter');
  await eventually('the cursor is there', 30_000, async () => (await code.cursor())[0] === Number(line));
  assert.ok([saved + 1, saved + 2].includes(Number(line)), moved); // its comment above belongs to it

  await code.goTo(saved + 4);
  await code.page.keyboard.press('End');
  await code.page.keyboard.type(' // edited');
  await code.finds(QUESTION, /route\.go.*\s.*changed since it was read/);
  await code.screenshot('changed since it was read');
  await code.dismiss();
  await code.command('File: Revert File');
});

test('a list that takes another’s place still returns to where the user was', async () => {
  await code.openFile('backend/shipping/rates.py');
  await code.goTo(13, 5);
  await code.search('spell checker');
  await code.page.waitForTimeout(300);
  await code.page.keyboard.press('Control+Shift+Alt+F');
  await eventually(
    'the list is a new one',
    30_000,
    async () => (await code.quickInput.locator('input.input').first().inputValue()) === '',
  );
  await code.page.keyboard.type('currency');
  await code.settled();
  await code.page.keyboard.press('ArrowDown');
  await code.page.waitForTimeout(300);
  await code.page.keyboard.press('Escape');
  await code.page.locator('.tab.active[data-resource-name="rates.py"]').waitFor();
  await eventually('the cursor is back', 30_000, async () => (await code.cursor()).join(':') === '13:5');
});
