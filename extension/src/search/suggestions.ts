/** What a list shows while there is nothing to ask. */

import * as vscode from 'vscode';
import { completionItems } from './filterItems';
import type { ListItem } from './hitList';
import { onlyFilters } from './hitNotes';
import type { HitPickOptions } from './hitPickOptions';

/** Shows suggestions; for a filter before which and behind which there is no word, how it may go on. */
export async function suggest(
  pick: vscode.QuickPick<ListItem>,
  { suggestions, complete }: HitPickOptions,
  isClosed: () => boolean,
): Promise<void> {
  const text = pick.value;
  pick.items = text.trim() === '' ? (suggestions?.() ?? []) : [onlyFilters];
  const request = new vscode.CancellationTokenSource();
  const items = await completionItems(complete, text, request.token);
  if (items.length > 0 && !isClosed() && pick.value === text) {
    pick.items = items;
  }
  request.dispose();
}
