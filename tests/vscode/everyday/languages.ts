/** An editor in another language: what the manifest, the extension and the server say is in that language. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, VSCode } from '../vscode';

await openIndexed(); // so that the server answers at once

test('an editor in German shows Semlens in German', async () => {
  const code = await VSCode.open({ language: 'de', still: true });
  try {
    await eventually('the status is said', 60_000, async () =>
      /Bereit: Der gesamte Code in [1-9]\d* Dateien ist auffindbar\./.test(await code.status()),
    );
    await code.command('Semlens: Nach Bedeutung suchen');
    await code.quickInput.locator('input.input').first().fill('walk to the nearest shelf not visited yet');
    await code.rows.filter({ hasText: 'route.go' }).first().waitFor();
    await code.settled();
    await code.page.keyboard.press('Control+I');
    await code.quickInput.getByText('Warum Walk gefunden wurde').waitFor();
    await code.quickInput.getByText('Nach Bedeutung, schnell').waitFor();
    assert.match(
      (await code.rows.allInnerTexts()).join('\n'),
      /^Nach Wörtern und nach Bedeutung gefunden; /m,
    );
    await code.screenshot('german');
  } finally {
    await code.close();
  }
});
