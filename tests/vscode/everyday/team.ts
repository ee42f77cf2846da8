/** A team: nothing before consent, which names the host and what is sent; then how much came from where. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { facts, reads } from '../vscode';

/** Where nobody answers: what users see of a team needs no server. */
const HOST = '127.0.0.1:9';

const code = await openIndexed();

test('a team is joined once its server is named and the user has agreed', async (context) => {
  const settings = facts.settings ?? '';
  const before = readFileSync(settings, 'utf8');
  context.after(() => {
    writeFileSync(settings, before);
  });
  const named = { ...(JSON.parse(before) as object), 'semlens.team.url': `http://${HOST}` };
  writeFileSync(settings, JSON.stringify(named));
  const offer = code.notifications.filter({ hasText: `Your settings name ${HOST}` });
  await offer.getByText('Join…').click();
  for (const prompt of [`The token for ${HOST}`, 'The secret of the team']) {
    await code.quickInput.getByText(prompt).waitFor();
    const input = code.quickInput.locator('input.input').first();
    assert.equal(await input.getAttribute('type'), 'password');
    await input.fill('swordfish');
    await code.page.keyboard.press('Enter');
  }
  const dialog = code.page.locator('.monaco-dialog-box');
  await dialog.getByText(`Join the team at ${HOST}?`).waitFor();
  const sent =
    /To 127\.0\.0\.1:9, and to no other host[^]*secret[^]*vector[^]*never sends text, paths or names/;
  await reads(() => dialog.innerText(), sent);
  await code.screenshot('team consent');
  await dialog.getByText('Join', { exact: true }).click();
  await code.notifications.filter({ hasText: `You have joined the team at ${HOST}.` }).waitFor();
  await code.command('Semlens: Show Status');
  await code.rows.filter({ hasText: `Team at ${HOST}: takes and gives vectors, with a secret.` }).waitFor();
  await code.screenshot('team status');
  await code.dismiss();
  await code.command("Semlens: Search at Team's Server…");
  await code.rows.filter({ hasText: 'Only ask' }).click();
  await reads(
    () => dialog.innerText(),
    /Search .* at 127\.0\.0\.1:9, too\?[^]*the vector of each question[^]*no further vectors of its code[^]*never sends text/,
  );
  await code.screenshot('team search consent');
  await dialog.getByText('Cancel', { exact: true }).click();
  await code.command('Semlens: Leave Team');
  await code.notifications.filter({ hasText: 'You have left the team.' }).waitFor();
});
