import type { FrameLocator } from 'playwright-core';

/** Choose an option of a list in a page. */
export async function choose(view: FrameLocator, list: string, option: string | RegExp): Promise<void> {
  await view.getByRole('combobox', { name: list }).click();
  await view.getByRole('option', { name: option }).click();
}
