/** The editor that all tests of a suite share: opened once, with everything indexed, and looked at after each. */

import { after, afterEach } from 'node:test';
import { VSCode } from './vscode';

let opened: Promise<VSCode> | undefined;

export function openIndexed(): Promise<VSCode> {
  opened ??= open();
  return opened;
}

async function open(): Promise<VSCode> {
  const code = await VSCode.open();
  after(() => code.close());
  afterEach(async (context) => {
    await code.screenshot(`after ${'name' in context ? context.name : 'test'}`);
    await code.dismiss();
    await code.page.waitForTimeout(300); // a list that is left puts back what was there before it
  });
  await code.indexed();
  return code;
}
