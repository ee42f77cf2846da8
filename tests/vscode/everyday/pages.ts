/** The pages of views: tokens beside the editor, two pieces of code compared, the treemap. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, chooseTheme } from '../accessible';
import { choose } from '../choose';
import { openIndexed } from '../session';
import { eventually, reads } from '../vscode';

const code = await openIndexed();

test('tokens are shown beside the editor, linked with it both ways, and follow edits', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.goTo(17, 8);
  await code.command('Semlens: Show Tokens');
  const { view } = code;
  await view.getByRole('heading', { name: /^50 tokens/ }).waitFor();
  await reads(() => view.locator('.sheet').innerText(), /^def give_back\(payment: Payment/);
  await view.locator('.token', { hasText: /^ raise$/ }).hover();
  await view.getByText(/^Token 32 of 50, id \d+$/).waitFor();
  await choose(view, 'Compare with', /^all-MiniLM-L6-v2/);
  await view.getByText('[CLS]').waitFor();
  await view.getByText(/^\d+ pieces of 50 differ from the other’s, underlined\.$/).waitFor();
  await view.locator('.token', { hasText: /^ raise$/ }).dblclick();
  await eventually(
    'the token is selected in the editor',
    30_000,
    async () => (await code.cursor())[0] === 19,
  );
  await code.page.locator('.tab.active[data-resource-name="refunds.py"]').waitFor();
  await code.page.keyboard.press('ArrowRight');
  await code.page.keyboard.insertText(' # seen');
  await view.locator('.token', { hasText: 'seen' }).first().waitFor();
  await code.screenshot('tokens');
  await assertAccessible(code, 'vscode-light');
  await code.command('File: Revert File');
  await code.command('View: Close All Editors');
});

test('two pieces of code are compared, and the words that make them alike lead to the code', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.goTo(17, 8);
  await code.command('Semlens: Select for Comparison');
  await code.notifications.filter({ hasText: 'Now select other code' }).waitFor();
  await code.openFile('backend/payments/gateway.py');
  await code.goTo(20, 8);
  await code.command('Semlens: Compare Two Selections');
  const { view } = code;
  await view
    .getByText(/^More alike than \d+(\.\d+)?% of [\d,]+ random pairs of code in this folder\.$/)
    .first()
    .waitFor();
  await view.getByRole('heading', { name: 'backend/payments/refunds.py:17-21' }).waitFor();
  await code.command('Notifications: Clear All Notifications');
  await code.screenshot('compare');
  await assertAccessible(code, 'vscode-light');
  await view
    .getByRole('button', { name: /^cents/ })
    .first()
    .click();
  await code.page.locator('.tab.active[data-resource-name="refunds.py"]').waitFor();
  await eventually('the word is selected', 30_000, async () => (await code.cursor())[0] === 17);
  await code.command('View: Close All Editors');
});

test('the tokens of the workspace are a view and a treemap, which opens files by keys', async () => {
  await code.command('Semlens: Show Where the Tokens Are');
  const view = code.page.locator('.pane', { has: code.page.locator('.pane-header', { hasText: 'Tokens' }) });
  await view.getByText(/^[\d,]+ tokens in \d+ files$/).waitFor();
  await reads(() => view.locator('.monaco-list-row').first().innerText(), /backend\s*[\d,]+ · \d+%/);
  await code.command('Semlens: Show Token Treemap');
  const { view: page } = code;
  await page.getByText(/^shop: [\d,]+ tokens in \d+ files \(o200k_base\)$/).waitFor();
  await code.screenshot('treemap');
  const cut = await page.locator('.count').evaluateAll((counts) =>
    counts.filter((count) => {
      const [box, tile] = [count.getBoundingClientRect(), count.parentElement?.getBoundingClientRect()];
      return tile === undefined || box.right > tile.right || box.bottom > tile.bottom;
    }),
  );
  assert.deepEqual(cut, [], 'a count is there whole or not at all');
  await assertAccessible(code, 'vscode-light');
  await page.locator('[data-name="backend/payments"]').focus();
  await code.page.keyboard.press('Enter');
  await page.getByText(/^payments: /).waitFor();
  await page.locator('[data-name="backend/payments/invoice.py"]').focus();
  await code.page.keyboard.press('Enter');
  await code.page.locator('.tab.active[data-resource-name="invoice.py"]').waitFor();
  await code.command('View: Close All Editors');
});

test('axe finds nothing on the pages in high contrast, either', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.goTo(17, 8);
  await code.command('Semlens: Show Tokens');
  await code.view.getByRole('heading', { name: /^50 tokens/ }).waitFor();
  await code.command('Semlens: Select for Comparison');
  await code.goTo(7, 8);
  await code.command('Semlens: Compare Two Selections');
  await code.page.locator('.tab', { hasText: 'refunds.py and refunds.py' }).waitFor();
  await code.command('Semlens: Show Token Treemap');
  await code.command('Notifications: Clear All Notifications');
  const theme = 'Light High Contrast';
  const before = await chooseTheme(code, theme);
  for (const tab of ['refunds.py and refunds.py', 'Token Treemap']) {
    await code.page.locator('.tab', { hasText: tab }).click();
    await code.page.locator('.tab.active', { hasText: tab }).waitFor();
    await assertAccessible(code, 'vscode-high-contrast-light');
    await code.screenshot(`${tab}, ${theme}`);
  }
  await chooseTheme(code, before);
  await code.command('View: Close All Editors');
});
