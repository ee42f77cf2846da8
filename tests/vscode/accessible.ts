/** Whether the pages of views can be used by everybody: what axe finds on those that are shown. */

import axe from 'axe-core';
import assert from 'node:assert/strict';
import type { VSCode } from './vscode';

type Kind = 'vscode-light' | 'vscode-high-contrast-light' | 'vscode-high-contrast';

/** Asserts that axe finds nothing on any page that is shown, in a theme of this kind. */
export async function assertAccessible(code: VSCode, kind: Kind): Promise<void> {
  const shown = await code.page.locator('iframe.webview.ready:visible').elementHandles();
  assert.ok(shown.length > 0, 'no page is shown');
  for (const outer of shown) {
    const inner = await (await outer.contentFrame())?.waitForSelector('iframe#active-frame');
    const page = await inner?.contentFrame();
    assert.ok(page, 'the page is gone');
    await page.waitForSelector(`body[data-vscode-theme-kind="${kind}"] h1`, { state: 'attached' });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ resultTypes: ["violations"] })');
    const found = violations.map(({ id, nodes }) =>
      [id, ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`)].join('\n  '),
    );
    assert.deepEqual(found, [], `${await page.title()}, ${kind}`);
  }
}

/** Choose a theme, and return the name of the one before. */
export async function chooseTheme(code: VSCode, name: string): Promise<string> {
  await code.command('Preferences: Color Theme');
  const input = code.quickInput.getByPlaceholder(/^Select Color Theme/);
  await input.waitFor();
  const before = await code.quickInput.locator('.monaco-list-row.focused .label-name').innerText();
  await input.fill(name);
  await code.rows.filter({ hasText: name }).first().click();
  await code.quickInput.waitFor({ state: 'hidden' });
  return before;
}
