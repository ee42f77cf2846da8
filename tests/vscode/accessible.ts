/** What axe finds on the page of a view. */

import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';

/** Each finding as its rule with the elements that break it; empty if there is none. */
export async function findings(page: FrameLocator): Promise<string[]> {
  const body = await page.locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) {
    throw new Error('The page is gone.');
  }
  await frame.evaluate(axe.source);
  const { violations } = (await frame.evaluate('axe.run({ resultTypes: ["violations"] })')) as axe.AxeResults;
  return violations.map(({ id, nodes }) =>
    [id, ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`)].join('\n  '),
  );
}
