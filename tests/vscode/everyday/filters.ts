/** How a search is narrowed: to a folder, by filters that are typed, completed, switched and saved. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, reads } from '../vscode';

const code = await openIndexed();

test('a search may be kept to a folder, and says so where it can be changed', async () => {
  await code.inExplorer('warehouse', 'Search by Meaning in Folder');
  const input = code.quickInput.locator('input.input').first();
  await eventually('the folder is typed in', 30_000, async () =>
    (await input.inputValue()).startsWith('path:'),
  );
  await code.page.keyboard.type('try again');
  await code.settled();
  await eventually('hits are from there alone', 30_000, async () => {
    const hits = (await code.rows.allInnerTexts()).filter((row) => /:\d+/.test(row));
    return hits.length > 0 && hits.every((row) => row.includes('warehouse/'));
  });
  assert.equal(await input.inputValue(), 'path:/warehouse/ try again');
});

test('a filter that leaves nothing is named, and what is found without it is shown', async () => {
  await code.finds(
    'lang:pyhton try again',
    /^\s*No file is in lang:pyhton\. Did you mean lang:python\?[^]*\.\w+:\d+[^]*\.\w+:\d+/,
  );
  await code.dismiss();
});

test('a filter is completed from what is there', async () => {
  await code.finds('lang:g', /^\s*lang:go\s*\d+ files?/);
  await code.page.keyboard.press('Enter');
  const input = code.quickInput.locator('input.input').first();
  await eventually('it is typed in', 30_000, async () => (await input.inputValue()) === 'lang:go ');
  await code.dismiss();
});

test('keys leave tests out and keep to the folder, and the filters are a scope to choose again', async () => {
  await code.openFile('backend/payments/refunds.py');
  await code.search('try again');
  const asks = (question: string): Promise<number> =>
    eventually(`the question is ${question}`, 30_000, async () => (await code.question()) === question);
  await code.page.keyboard.press('Alt+T');
  await asks('-is:test try again');
  await code.page.keyboard.press('Alt+L');
  await asks('path:/backend/payments/ -is:test try again');
  for (const name of [/^Leave out tests/, /^Search backend\/payments alone/]) {
    await code.quickInput.getByRole('checkbox', { name, checked: true }).waitFor();
  }
  await reads(() => code.rows.first().innerText(), /backend\/payments\//);
  await code.screenshot('toggles');

  await code.page.keyboard.press('Alt+S');
  await code.rows.filter({ hasText: 'Save as a scope' }).waitFor();
  await code.page.keyboard.press('Escape');
  await asks('path:/backend/payments/ -is:test try again');
  await code.page.keyboard.press('Alt+S');
  await code.rows.filter({ hasText: 'Save as a scope' }).click();
  await code.quickInput.getByText('Name of the scope').waitFor();
  await code.page.keyboard.insertText('money');
  await code.page.keyboard.press('Enter');
  await asks('path:/backend/payments/ -is:test try again');
  await code.settled();
  await code.page.keyboard.press('Control+A');
  await code.page.keyboard.press('Delete');
  const recent = code.rows.filter({ hasText: '-is:test try again' });
  await recent.waitFor();
  await code.screenshot('recent and saved');
  await recent.hover();
  await recent.locator('.action-label').click();
  await recent.waitFor({ state: 'detached' });
  await code.rows.filter({ hasText: 'money' }).click();
  await asks('path:/backend/payments/ -is:test ');
});
