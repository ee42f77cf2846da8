/** Makes a list of hits, still without items, and the buttons in its title. */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import type { ListItem } from './hitList';
import type { HitPickOptions } from './hitPickOptions';

export const keepButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('list-tree'),
  tooltip: 'Open in results view',
};

const whyNothingButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('question'),
  tooltip: 'Why nothing matches well',
};

/** The buttons in the title of a list, which also say why if nothing matches the question well. */
export function listButtons({ keep }: HitPickOptions, result?: SearchResult): vscode.QuickInputButton[] {
  return [...(result?.weak ? [whyNothingButton] : []), ...(keep === undefined ? [] : [keepButton])];
}

/** A list as its options say, still without items. */
export function createList(options: HitPickOptions): vscode.QuickPick<ListItem> {
  const pick = vscode.window.createQuickPick<ListItem>();
  pick.title = options.title;
  pick.placeholder = options.placeholder;
  pick.matchOnDescription = !options.asYouType;
  pick.matchOnDetail = !options.asYouType;
  pick.buttons = listButtons(options);
  (pick as { sortByLabel?: boolean }).sortByLabel = false; // keeps the server's order; missing from the types
  return pick;
}
