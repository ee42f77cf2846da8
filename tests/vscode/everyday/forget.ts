/** A folder is forgotten: what is asked, and that it is left out until it is reindexed. */

import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, reads } from '../vscode';

const code = await openIndexed();

test('a folder is forgotten after a question, left out, and back after reindexing', async () => {
  await code.command('Semlens: Forget Folder…');
  const row = code.rows.filter({ hasText: 'In this window' });
  await reads(() => row.innerText(), /pieces? of code · [\d.,]+ MB · last used/);
  await row.click();
  const dialog = code.page.locator('.monaco-dialog-box');
  await reads(
    () => dialog.innerText(),
    /Delete the index of [^]*The files of the folder stay[^]*leaves the folder out until you reindex/,
  );
  await code.screenshot('forget');
  await dialog.getByText('Delete Index', { exact: true }).click();
  await code.notifications.filter({ hasText: 'were freed.' }).getByText('Reindex', { exact: true }).waitFor();
  await eventually('the status says so', 30_000, async () => (await code.status()).includes('Left out'));
  await code.search('give the money back');
  await code.rows.filter({ hasText: 'The index was deleted: reindex the workspace' }).waitFor();
  await code.dismiss();
  await code.command('Semlens: Reindex Workspace');
  await eventually('it is back', 120_000, async () => (await code.status()).includes('Ready: '));
  await code.command('Notifications: Clear All Notifications');
});
