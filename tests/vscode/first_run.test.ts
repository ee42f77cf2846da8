/** The first run: from a machine without a Python to the first hits, with what goes wrong on the way. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { environments } from './machine';
import { eventually, facts, reads, VSCode } from './vscode';

let code: VSCode;

before(async () => {
  code = await VSCode.open();
});

after(() => code.close());

test('without a Python, a sentence leads to one', async () => {
  const said = notification('Semlens needs Python 3.10 to 3.13');
  await said.waitFor({ timeout: 30_000 });
  await code.screenshot('no Python');
  await reads(() => said.innerText(), /only 3\.8 was found/);
  await button(said, 'Get Python').waitFor();
  await eventually('that is all it says', 30_000, async () => (await code.notifications.count()) === 1);
  await reads(() => code.statusItem.innerText(), /set-up needed/);
  await button(said, 'Try Again').click();
  await notification('Semlens needs Python 3.10 to 3.13').waitFor();
});

test('a program that is no Python is named, and nothing else is said', async () => {
  await setInterpreter(process.execPath);
  await notification('is not a Python that runs here').waitFor({ timeout: 60_000 });
  assert.equal(await notification('connection').count(), 0);
  await reads(() => code.status(), /semlens\.interpreter/);
});

test('with a Python, Semlens asks once whether to set itself up', async () => {
  await setInterpreter(facts.interpreter ?? '');
  const asked = notification('Semlens sets up its engine');
  await asked.waitFor({ timeout: 30_000 });
  await code.screenshot('set up');
  await reads(() => asked.innerText(), /MB, about a minute/);
  await button(asked, 'Not Now').click();
  await asked.waitFor({ state: 'detached' });
});

for (const command of ['Show Semantic Map', 'Show Token Treemap', 'Open Playground', 'Reindex Workspace']) {
  test(`${command} offers the set-up`, async () => {
    await code.command(`Semlens: ${command}`);
    const asked = notification('Semlens sets up its engine');
    await button(asked, 'Not Now').click();
    await asked.waitFor({ state: 'detached' });
  });
}

test('the status list and an empty view lead to the set-up', async () => {
  await code.command('Semlens: Show Status');
  await code.rows.filter({ hasText: 'Set up' }).first().click();
  await button(notification('Semlens sets up its engine'), 'Not Now').click();
  await code.command('Semlens: Show Models');
  await button(notification('Semlens sets up its engine'), 'Not Now').click();
});

test('a package that was changed is refused with a sentence, and tried again', async () => {
  await behave('altered');
  await code.command('Semlens: Search by Meaning');
  await button(notification('Semlens sets up its engine'), 'Set Up').click();
  const failed = notification('A fetched package');
  await failed.waitFor({ timeout: 60_000 });
  await code.screenshot('wrong hash');
  await reads(() => failed.innerText(), /nothing was installed/);
  await behave('cut');
  await button(failed, 'Try Again').click();
  const cut = notification('the connection broke');
  await cut.waitFor({ timeout: 60_000 });
  await button(cut, 'Show Log').waitFor();
  await behave('stalled');
  await button(cut, 'Try Again').click();
});

test('progress is shown and can be cancelled', async () => {
  const running = notification('Setting up Semlens');
  await running.filter({ hasText: 'Fetching packages' }).waitFor({ timeout: 60_000 });
  await code.screenshot('setting up');
  await reads(() => code.statusItem.innerText(), /setting up/);
  await button(running, 'Cancel').click();
  await running.waitFor({ state: 'detached', timeout: 30_000 });
  await reads(() => code.status(), /was cancelled/);
  await behave('well');
});

test('ready means searching', async () => {
  await code.command('Semlens: Set Up');
  await button(notification('Semlens sets up its engine'), 'Set Up').click();
  await notification('Semlens is ready').waitFor({ timeout: 60_000 });
  await code.indexed();
  await code.finds('what does it cost to send a parcel', /rates\.py/);
  await code.screenshot('first hits');
  await code.dismiss();
  await code.command('Semlens: Show Token Treemap');
  await code.view.getByText(/^shop: [\d,]+ tokens in \d+ files/).waitFor();
  await code.command('View: Close All Editors');
});

test('a new version is prepared while the old one answers, and takes its place', async () => {
  const file = path.join(facts.parts ?? '', 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
  await behave('stalled');
  await writeFile(file, JSON.stringify({ ...manifest, key: 'newer' }));
  await code.command('Developer: Reload Window');
  const preparing = code.page.locator('.statusbar-item', { hasText: 'Semlens prepares its new version' });
  await preparing.waitFor({ timeout: 60_000 });
  await code.finds('postage', /rates\.py/);
  await code.screenshot('new version');
  await code.dismiss();
  await behave('well');
  await eventually('it is there', 60_000, () =>
    Promise.resolve(environments().some(({ key }) => key === 'newer')),
  );
  await preparing.waitFor({ state: 'detached' });
  await code.finds('postage', /rates\.py/);
  await code.dismiss();
});

test('the command in the PATH searches, and sets agents up with itself', async () => {
  await code.command("Semlens: Install 'semlens' Command in PATH");
  await notification('Add its folder to your PATH').waitFor();
  await code.screenshot('command');
  const script = `${facts.home ?? ''}/.local/bin/semlens`;
  await eventually('it leads to the environment of the new version', 30_000, async () =>
    (await readFile(script, 'utf8')).includes('-newer-'),
  );
  const run = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(script, args, { cwd: facts.workspace })).stdout;
  assert.match(await run('search', 'what does it cost to send a parcel', '--no-wait'), /rates\.py/);
  const entry = await run('mcp', 'install', 'codex', '--dry-run');
  assert.ok(entry.includes(`command = "${script}"`), entry);
});

test('the files are removed, and Semlens says how much that freed', async () => {
  await code.command("Semlens: Remove Semlens's Files...");
  const dialog = code.page.locator('.monaco-dialog-box');
  await dialog.getByText('Remove the environments and indexes of Semlens').waitFor();
  await code.screenshot('remove files');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await notification('MB were freed').waitFor({ timeout: 60_000 });
  const isSaid = async (): Promise<boolean> => (await code.statusItem.innerText()).includes('set-up needed');
  await eventually('the status says so', 30_000, isSaid);
  await code.page.waitForTimeout(2_000);
  assert.ok(await isSaid()); // nothing has started it again
  await assert.rejects(access(`${facts.home ?? ''}/.local/bin/semlens`));
});

function notification(text: string): Locator {
  return code.notifications.filter({ hasText: text }).first();
}

function button(inside: Locator, name: string): Locator {
  return inside.getByRole('button', { name, exact: true });
}

/** Has the package index behave as it is told. */
async function behave(how: string): Promise<void> {
  await fetch(`${facts.index ?? ''}/behave/${how}`);
}

/** In the file of the machine's settings, which VS Code watches. */
async function setInterpreter(file: string): Promise<void> {
  const settings = facts.settings ?? '';
  const known = JSON.parse(await readFile(settings, 'utf8')) as object;
  await writeFile(settings, JSON.stringify({ ...known, 'semlens.interpreter': file }));
}
