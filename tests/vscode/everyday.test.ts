/** What code costs, and what goes wrong most easily: edits that are not saved, lists that replace each other. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openIndexed } from './session';
import { eventually, facts } from './vscode';

/** In the file's own words, so that every tier finds it. */
const QUESTION = 'walk to the nearest shelf that was not visited yet';
const FOUND = 'warehouse/picking/route.go';

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

test('a hit is copied with its path, and what that costs is said', async () => {
  const rows = await code.search(QUESTION);
  assert.match(rows[0] ?? '', /route\.go/);
  await code.page.keyboard.press('Control+Shift+C');
  await code.quickInput.getByText(/Copied \d+ lines, \d+ tokens \(o200k_base\)/).waitFor();
  await code.screenshot('copied');
  const copied = await code.page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^warehouse\/picking\/route\.go:\d+-\d+\n```go\n[^]*func Walk\([^]*\n}\n```\n$/);
});

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
  const text = await code.page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^### warehouse\/picking\/route\.go:\d+-\d+ · [^]*```go\n[^]*func Walk\([^]*\n}\n```\n/);
  await code.command('Notifications: Clear All Notifications');
});

test('a hit says why it was found, and what the list found is kept, walked through and run again', async () => {
  await code.search(QUESTION);
  await code.page.keyboard.press('Control+I');
  await code.quickInput.getByText('Why Walk was found').waitFor();
  await code.quickInput.getByText('By meaning, fast').waitFor();
  assert.match((await code.rows.allInnerTexts()).join('\n'), /nearest\s*in its /);
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
  await eventually('the paths are copied', 30_000, async () =>
    /^warehouse\/picking\/route\.go:\d+\n/.test(
      await code.page.evaluate(() => navigator.clipboard.readText()),
    ),
  );
  await code.page.keyboard.press('Delete');
  await code.page.getByText('Searches that you keep are listed here.').waitFor();
  await code.command('View: Show Explorer');
  await code.command('View: Close All Editors');
});

test('Enter waits for the answer to what was typed last', async () => {
  await code.search('spell checker');
  await code.page.keyboard.press('Control+A');
  await code.page.keyboard.insertText(QUESTION);
  await code.page.keyboard.press('Enter');
  await code.page.locator('.tab.active[data-resource-name="route.go"]').waitFor();
});

test('tokens are shown beside the editor, linked with it both ways, and follow edits', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.goTo(17, 8);
  await code.command('Semlens: Show Tokens');
  const { view } = code;
  await view.getByRole('heading', { name: /^50 tokens/ }).waitFor();
  assert.match(await view.locator('.sheet').innerText(), /^def give_back\(payment: Payment/);
  await view.locator('.token', { hasText: /^ raise$/ }).hover();
  await view.getByText(/^Token 32 of 50, id \d+$/).waitFor();
  await view.getByRole('combobox', { name: 'Compare with' }).selectOption('all-MiniLM-L6-v2');
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
  await view
    .getByRole('button', { name: /^cents/ })
    .first()
    .click();
  await code.page.locator('.tab.active[data-resource-name="refunds.py"]').waitFor();
  await eventually('the word is selected', 30_000, async () => (await code.cursor())[0] === 17);
  await code.command('View: Close All Editors');
});

test('what was never saved costs tokens, too', async () => {
  await code.command('File: New Untitled Text File');
  await code.page.locator('.tab.active[data-resource-name="Untitled-1"]').waitFor();
  await code.page.keyboard.insertText('def hello(name):');
  await code.command('Semlens: Count Tokens');
  await code.notifications.filter({ hasText: /Untitled-1: \d tokens \(o200k_base\)/ }).waitFor();
  await code.command('File: Revert File');
  await code.command('Notifications: Clear All Notifications');
});

test('a folder says what it costs and what in it costs most', async () => {
  await code.inExplorer('backend', 'Count Tokens');
  await code.quickInput.getByText(/^backend: [\d,]+ tokens in \d+ files \(o200k_base\)$/).waitFor();
  await code.screenshot('cost');
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

test('the tokens of the workspace are a view and a treemap, which opens files by keys', async () => {
  await code.command('Semlens: Show Where the Tokens Are');
  const view = code.page.locator('.pane', { has: code.page.locator('.pane-header', { hasText: 'Tokens' }) });
  await view.getByText(/^[\d,]+ tokens in \d+ files$/).waitFor();
  assert.match(await view.locator('.monaco-list-row').first().innerText(), /backend\s*[\d,]+ · \d+%/);
  await code.command('Semlens: Show Token Treemap');
  const page = code.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  await page.getByText(/^shop: [\d,]+ tokens in \d+ files \(o200k_base\)$/).waitFor();
  await code.screenshot('treemap');
  await page.locator('[data-name="backend/payments"]').focus();
  await code.page.keyboard.press('Enter');
  await page.getByText(/^payments: /).waitFor();
  await page.locator('[data-name="backend/payments/invoice.py"]').focus();
  await code.page.keyboard.press('Enter');
  await code.page.locator('.tab.active[data-resource-name="invoice.py"]').waitFor();
  await code.command('View: Close All Editors');
});

test('a search may be kept to a folder, and says so where it can be changed', async () => {
  await code.inExplorer('warehouse', 'Search by Meaning in Folder');
  const input = code.quickInput.locator('input.input').first();
  await eventually('the folder is typed in', 30_000, async () =>
    (await input.inputValue()).startsWith('path:'),
  );
  await code.page.keyboard.type('try again');
  await code.settled();
  assert.equal(await input.inputValue(), 'path:/warehouse/ try again');
  for (const row of await code.rows.allInnerTexts()) {
    assert.match(row, /warehouse\//);
  }
});

test('a filter that leaves nothing is named, and what is found without it is shown', async () => {
  const rows = await code.search('lang:pyhton try again');
  assert.match(rows[0] ?? '', /No file is in lang:pyhton\. Did you mean lang:python\?/);
  assert.ok(rows.length > 2, rows.join('\n'));
  await code.dismiss();
});

test('a filter is completed from what is there', async () => {
  const rows = await code.search('lang:g');
  assert.match(rows[0] ?? '', /lang:go\s*\d+ files?/);
  await code.page.keyboard.press('Enter');
  const input = code.quickInput.locator('input.input').first();
  await eventually('it is typed in', 30_000, async () => (await input.inputValue()) === 'lang:go ');
  await code.dismiss();
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
  const edited = (await code.search(QUESTION)).find((row) => row.includes('route.go')) ?? '';
  assert.match(edited, /changed since it was read/);
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

/** The first and the last line of a definition: the last is the one before two empty ones, or the file's. */
function linesOf(file: string, name: string): [first: number, last: number] {
  const lines = readFileSync(path.join(facts.workspace, file), 'utf8').trimEnd().split('\n');
  const first = lines.findIndex((line) => new RegExp(`^(?:def|func) ${name}\\(`).test(line));
  const next = lines.findIndex((line, row) => row > first && /^[^\s)}]/.test(line));
  let last = (next < 0 ? lines.length : next) - 1;
  while (lines[last]?.trim() === '') {
    last -= 1;
  }
  return [first + 1, last + 1];
}
