/** What code costs: beside the code, as a list, a view and a treemap, and as code within a budget. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, facts, reads } from '../vscode';
import { linesOf } from './lines';

/** In the file's own words, so that every tier finds it. */
const QUESTION = 'walk to the nearest shelf that was not visited yet';

const code = await openIndexed();

for (const { path: file, name, tokens } of facts.hovers ?? []) {
  test(`selecting ${name} shows its tokens in the status bar`, async () => {
    const [first, last] = linesOf(file, name);
    await code.openFile(file);
    await code.goTo(first);
    for (let line = first; line < last; line++) {
      await code.page.keyboard.press('Shift+ArrowDown');
    }
    await code.page.keyboard.press('Shift+End');
    const item = code.page.locator('.statusbar-item[id*="semlens.tokens"]');
    await eventually('it shows the exact count', 30_000, async () =>
      (await item.innerText()).includes(`${tokens.o200k_base ?? 0} tokens selected`),
    );
    await code.screenshot(`selection ${name}`);
    await code.page.keyboard.press('ArrowLeft');
    await eventually('it goes back to the file', 30_000, async () =>
      /^[\d,]+ tokens$/.test((await item.innerText()).trim()),
    );
  });
}

test('the best code for a question is copied within the budget, as far as it is checked', async () => {
  await code.command('Semlens: Copy Best Code for a Question');
  await code.quickInput.getByText(/^Copy code for a prompt: up to 4,000 tokens$|of 4,000 tokens/).waitFor();
  await code.page.keyboard.press('Control+A');
  await code.page.keyboard.insertText(QUESTION);
  const title = code.quickInput.getByText(/: [\d,]+ of 4,000 tokens \(o200k_base\), \d+ of \d+ pieces/);
  const counts = async (): Promise<number[]> =>
    [...(await title.innerText()).matchAll(/[\d,]+(?= of)/g)].map(([number]) =>
      Number(number.replace(',', '')),
    );
  await eventually('it is found', 30_000, async () => (await code.rows.first().innerText()).includes('Walk'));
  await code.settled();
  const before = await counts();
  await code.page.keyboard.press('ArrowDown');
  await code.page.keyboard.press('Shift+Enter');
  await eventually('the count follows', 30_000, async () => ((await counts())[0] ?? 0) < (before[0] ?? 0));
  await code.page.keyboard.press('Shift+Enter');
  await eventually('the count comes back', 30_000, async () => (await counts())[0] === before[0]);
  await code.screenshot('context');
  await code.page.keyboard.press('Enter');
  await code.notifications
    .filter({ hasText: /Copied \d+ pieces? of code: [\d,]+ of 4,000 tokens/ })
    .waitFor();
  await reads(
    () => code.page.evaluate(() => navigator.clipboard.readText()),
    /^### warehouse\/picking\/route\.go:\d+-\d+ · [^]*```go\n[^]*func Walk\([^]*\n}\n```\n/,
  );
  await code.command('Notifications: Clear All Notifications');
});

test('the files of a folder are copied once they are on the screen, however soon Enter comes', async () => {
  await code.command('Semlens: Copy What Fits of a Folder');
  await code.quickInput.locator('input[placeholder^="Enter copies the files"]').waitFor(); // else it types
  await code.page.keyboard.press('Enter');
  await code.quickInput.getByText(/, \d+ of \d+ files$/).waitFor();
  await code.page.keyboard.press('Enter');
  await code.notifications.filter({ hasText: /Copied \d+ files: [\d,]+ of 4,000 tokens/ }).waitFor();
  await code.command('Notifications: Clear All Notifications');
});

test('what was never saved costs tokens, too', async () => {
  await code.command('File: New Untitled Text File');
  await code.page.locator('.tab.active[data-resource-name="Untitled-1"]').waitFor();
  await code.page.keyboard.insertText('def hello(name):');
  await code.command('Semlens: Count Tokens');
  await code.notifications.filter({ hasText: /Untitled-1: \d tokens \(o200k_base\)/ }).waitFor();
  await code.page.keyboard.press('Control+A');
  await code.command('Semlens: Count Tokens in Selection');
  await code.notifications.filter({ hasText: /Untitled-1:1: \d tokens \(o200k_base\)/ }).waitFor();
  await code.command('View: Revert and Close Editor');
  await code.command('Notifications: Clear All Notifications');
});

test('a folder says what it costs and what in it costs most', async () => {
  await code.inExplorer('backend', 'Count Tokens');
  await code.quickInput.getByText(/^backend: [\d,]+ tokens in \d+ files \(o200k_base\)$/).waitFor();
  await code.screenshot('cost');
  await code.settled();
  const shares = (await code.rows.allInnerTexts()).map((row) => Number(/([\d,]+) tokens/.exec(row)?.[1]));
  assert.deepEqual(
    shares,
    [...shares].sort((one, other) => other - one),
  );
  await code.rows.filter({ hasText: 'payments' }).click();
  await code.quickInput.getByText(/^backend\/payments: /).waitFor();
  await code.rows.filter({ hasText: 'invoice.py' }).click();
  await code.page.locator('.tab.active[data-resource-name="invoice.py"]').waitFor();
});
