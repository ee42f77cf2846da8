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

test('a program that is no Python is named, and nothing else is said', async () => {
  await code.command('Preferences: Open Remote Settings (JSON)');
  await code.page.locator('.editor-group-container.active .view-line').first().waitFor();
  await setInterpreter(process.execPath);
  const said = code.notifications.filter({ hasText: 'is not a Python that runs here' });
  await said.waitFor({ timeout: 60_000 });
  await code.screenshot('no Python');
  assert.equal(await code.notifications.filter({ hasText: 'connection' }).count(), 0);
  assert.match(await code.status(), /semlens\.interpreter/);
});

test('it works as soon as the setting names a Python', async () => {
  await setInterpreter(facts.interpreter ?? '');
  await eventually(
    'the folder is indexed',
    120_000,
    async () => !(await code.statusItem.innerText()).includes('set-up needed'),
  );
});

/** In the settings file that is open. */
async function setInterpreter(file: string): Promise<void> {
  await code.page.locator('.editor-group-container.active .view-lines').click();
  await code.page.keyboard.press('Control+A');
  await code.page.keyboard.type(`{"semlens.interpreter": "${file}"}`);
  await code.page.keyboard.press('Control+S');
}
