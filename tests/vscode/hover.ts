/** Hovers, which close when what they belong to is drawn anew. */

import type { Locator } from 'playwright-core';
import { eventually } from './vscode';

/** Hold the mouse over `target` until `hover` shows; away and back again if it does not. */
export async function hovers(target: Locator, hover: Locator): Promise<void> {
  const { mouse } = target.page();
  await eventually('the hover is shown', 30_000, async () => {
    await mouse.move(5, 5);
    await target.hover();
    await target.page().waitForTimeout(1_000);
    return hover.first().isVisible();
  });
}
