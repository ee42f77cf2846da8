/** The editor that all tests of a suite share: opened once, with everything indexed; a failure leaves a picture. */

import { after, afterEach } from 'node:test';
import { VSCode } from './vscode';

let opened: Promise<VSCode> | undefined;

export function openIndexed(): Promise<VSCode> {
  opened ??= open();
  return opened;
}

async function open(): Promise<VSCode> {
  const code = await VSCode.open({ still: true });
  after(() => code.close());
  afterEach(async (context) => {
    if (!('passed' in context && context.passed === true)) {
      await code.screenshot(`after ${'name' in context ? context.name : 'test'}`);
      console.error(`On the screen:\n${await says(code)}`); // the picture may stay on a machine that is gone
    }
    await code.dismiss();
    await code.page.waitForTimeout(300); // a list that is left puts back what was there before it
  });
  await code.indexed();
  return code;
}

/** What the open list, the notifications and the item in the status bar say. */
async function says({ page }: VSCode): Promise<string> {
  const shown = page.locator(
    '.quick-input-widget, .notification-toast, .statusbar-item[id*="semlens.status"]',
  );
  return (await shown.allInnerTexts()).map((text) => text.trim()).join('\n');
}
