/** The editor that the tests of a file share: opened once, with everything indexed, and looked at after each. */

import { after, afterEach } from 'node:test';
import { VSCode } from './vscode';

export async function openIndexed(): Promise<VSCode> {
  const code = await VSCode.open();
  after(() => code.close());
  afterEach(async (context) => {
    await code.screenshot(`after ${'name' in context ? context.name : 'test'}`);
    await code.dismiss();
  });
  await code.indexed();
  return code;
}
