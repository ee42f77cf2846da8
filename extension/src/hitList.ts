/** An answer as the items of a list. */

import * as vscode from 'vscode';
import { type HitItem, hitItem } from './hitItem';
import type { NoteItem } from './hitNotes';
import type { Hit, SearchResult } from './protocol';

export type Item = HitItem | NoteItem;

/** The hits in their order, those that are copies of what was asked about under a heading of their own. */
export function listed(result: SearchResult, asYouType: boolean, question: string): Item[] {
  const isCopy = (hit: Hit): boolean => hit.reasons.some(({ name }) => name === 'copy');
  const items: Item[] = result.hits.map((hit) => hitItem(hit, asYouType, question));
  const first = result.hits.findIndex(isCopy);
  if (first >= 0) {
    items.splice(first, 0, { label: 'Copies', kind: vscode.QuickPickItemKind.Separator });
  }
  return items;
}

/** Equal for the same hit in two answers. */
export function nameOf(item: Item): string {
  return `${item.label} ${item.description ?? ''} ${item.detail ?? ''}`;
}
