/** A list about a folder, which the server is asked for. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { errorSentence } from '../text/format';
import { icon } from '../text/icon';
import { t } from '../text/words';

export interface FolderList<T extends vscode.QuickPickItem> {
  /** The title until there is an answer. */
  title: (name: string) => string;
  placeholder: string;
  load: (folder: string, name: string) => Promise<{ title: string; items: T[] }>;
  /** What Enter does with an item, after the list is hidden; undefined for nothing. */
  accept: (item: T) => (() => unknown) | undefined;
  /** The same for the button of an item. */
  button?: (item: T) => (() => unknown) | undefined;
}

/** Shows the list of `folder`; without it, of the first workspace folder. */
export async function showFolderList<T extends vscode.QuickPickItem>(
  folder: vscode.Uri | undefined,
  { title, placeholder, load, accept, button }: FolderList<T>,
): Promise<void> {
  const target = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (target === undefined) {
    void vscode.window.showInformationMessage(t('Open a folder first.'));
    return;
  }
  const name = path.basename(target.path);
  const pick = vscode.window.createQuickPick<T | vscode.QuickPickItem>();
  const leave = (act: (() => unknown) | undefined): void => {
    if (act !== undefined) {
      pick.hide();
      void act();
    }
  };
  pick.title = title(name);
  pick.placeholder = placeholder;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    leave(chosen && accept(chosen as T));
  });
  pick.onDidTriggerItemButton(({ item }) => {
    leave(button?.(item as T));
  });
  pick.onDidHide(() => {
    pick.dispose();
  });
  pick.show();
  try {
    const answer = await load(target.toString(), name);
    pick.title = answer.title;
    pick.items = answer.items;
  } catch (error) {
    pick.items = [
      { label: t('No answer'), ...icon('warning'), detail: errorSentence(error), alwaysShow: true },
    ];
  }
  pick.busy = false;
}
