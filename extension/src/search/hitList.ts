/** The answer to a search as the items of a list. */

import * as vscode from 'vscode';
import type { Hit, SearchResult } from '../protocol';
import { type HitItem, hitItem } from './hitItem';
import type { NoteItem } from './hitNotes';
import type { HitPickOptions } from './hitPickOptions';
import { worthShowing } from './worthShowing';
import { t } from '../text/words';

export type ListItem = HitItem | NoteItem;

/** A list as its options say, still without items. */
export function createList({ title, placeholder, asYouType }: HitPickOptions): vscode.QuickPick<ListItem> {
  const pick = vscode.window.createQuickPick<ListItem>();
  pick.title = title;
  pick.placeholder = placeholder;
  pick.matchOnDescription = !asYouType;
  pick.matchOnDetail = !asYouType;
  (pick as { sortByLabel?: boolean }).sortByLabel = false; // keeps the server's order; missing from the types
  return pick;
}

/** One item per hit in the server's order; copies of the selected code follow a heading of their own. */
export function hitItems(result: SearchResult, asYouType: boolean): ListItem[] {
  const isCopy = (hit: Hit): boolean => hit.reasons.some(({ name }) => name === 'copy');
  const hits = worthShowing(result);
  const items: ListItem[] = hits.map((hit) => hitItem(hit, asYouType, !!result.source));
  const first = hits.findIndex(isCopy);
  if (first >= 0) {
    items.splice(first, 0, { label: t('Copies'), kind: vscode.QuickPickItemKind.Separator });
  }
  return items;
}

export function hasHits({ items }: vscode.QuickPick<ListItem>): boolean {
  return items.some((item) => 'uri' in item);
}

/**
 * The item that a key acts on. Between new items and the editor's word of them, the active item is still one of the
 * items before them: then it is the first choice of the new ones.
 */
export function activeItem({ activeItems: [item], items }: vscode.QuickPick<ListItem>): ListItem | undefined {
  return item !== undefined && items.includes(item) ? item : firstChoice(items);
}

/** The item that Enter takes unless the user moves: the first hit, or without hits the first item. */
export function firstChoice(items: readonly ListItem[]): ListItem | undefined {
  return (
    items.find((item) => 'uri' in item) ??
    items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator)
  );
}

/** A new answer to the same text leaves the user on the hit that they moved to, or else in its row. */
export function replaceItems(pick: vscode.QuickPick<ListItem>, items: ListItem[], isSameText: boolean): void {
  const active = movedItem(pick);
  const moved = isSameText && active !== undefined;
  if (isSameText && items.map(itemKey).join('\n') === pick.items.map(itemKey).join('\n')) {
    return;
  }
  const row = active === undefined ? -1 : pick.items.indexOf(active);
  pick.keepScrollPosition = moved;
  pick.items = items;
  const first = firstChoice(items);
  if (moved) {
    const same = items.find((item) => itemKey(item) === itemKey(active));
    pick.activeItems = [same ?? items[Math.min(row, items.length - 1)] ?? first].filter(isDefined);
  } else if (first !== undefined && first !== items[0]) {
    pick.activeItems = [first];
  }
}

function isDefined(item: ListItem | undefined): item is ListItem {
  return item !== undefined;
}

/** Make the item with this key the active one, if it is there. */
export function activate(pick: vscode.QuickPick<ListItem>, key: string | undefined): void {
  const found = pick.items.find((item) => key !== undefined && itemKey(item) === key);
  if (found !== undefined) {
    pick.activeItems = [found];
  }
}

/** The key of the active item, if the user has moved to it. */
export function movedTo(pick: vscode.QuickPick<ListItem>): string | undefined {
  const active = movedItem(pick);
  return active && itemKey(active);
}

/** The active item, if the user has moved to it. For a moment it is still one of the items before these. */
function movedItem({ activeItems: [active], items }: vscode.QuickPick<ListItem>): ListItem | undefined {
  return active !== undefined && items.includes(active) && active !== firstChoice(items) ? active : undefined;
}

/** A key that is equal for the same hit in two answers. */
export function itemKey(item: ListItem): string {
  return `${item.label} ${item.description ?? ''} ${item.detail ?? ''}`;
}
