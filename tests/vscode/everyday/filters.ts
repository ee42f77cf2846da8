/** How a search is narrowed: to a folder, by filters that are typed and completed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually } from '../vscode';

const code = await openIndexed();

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
