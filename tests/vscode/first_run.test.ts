/** The first run, on a machine where no Python has been prepared. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, facts, VSCode } from './vscode';

let code: VSCode;

before(async () => {
  code = await VSCode.open();
});

after(() => code.close());

test('one notification says what to do', async () => {
  const said = code.notifications.filter({ hasText: 'Semlens is not set up on this machine yet' });
  await said.waitFor({ timeout: 30_000 });
  await code.screenshot('first run');
  assert.equal(await code.notifications.count(), 1);
  assert.match(await said.innerText(), /scripts\/run\.py/);
  assert.match(await code.statusItem.innerText(), /set-up needed/);
});

test('a search says the same', async () => {
  const rows = await code.search('anything');
  assert.match(rows.join('\n'), /not set up/);
  await code.page.keyboard.press('Escape');
});

test('it works as soon as the setting names a Python', async () => {
  await code.command('Preferences: Open Remote Settings (JSON)');
  await code.page.locator('.editor-group-container.active .view-line').first().waitFor();
  await code.page.keyboard.press('Control+A');
  await code.page.keyboard.type(`{"semlens.interpreter": "${facts.interpreter ?? ''}"}`);
  await code.page.keyboard.press('Control+S');
  await eventually(
    'the folder is indexed',
    120_000,
    async () => !(await code.statusItem.innerText()).includes('set-up needed'),
  );
});
