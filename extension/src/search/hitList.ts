/** The answer to a search as the items of a list. */

import * as vscode from 'vscode';
import type { Hit, SearchResult } from '../protocol';
import { type HitItem, hitItem } from './hitItem';
import type { NoteItem } from './hitNotes';

export type ListItem = HitItem | NoteItem;

/** One item per hit in the server's order; copies of the selected code follow a heading of their own. */
export function hitItems(result: SearchResult, asYouType: boolean, question: string): ListItem[] {
  const isCopy = (hit: Hit): boolean => hit.reasons.some(({ name }) => name === 'copy');
  const items: ListItem[] = result.hits.map((hit) => hitItem(hit, asYouType, question));
  const first = result.hits.findIndex(isCopy);
  if (first >= 0) {
    items.splice(first, 0, { label: 'Copies', kind: vscode.QuickPickItemKind.Separator });
  }
  return items;
}

/** A key that is equal for the same hit in two answers. */
export function itemKey(item: ListItem): string {
  return `${item.label} ${item.description ?? ''} ${item.detail ?? ''}`;
}
