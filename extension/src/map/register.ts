/** *Show Semantic Map*: the definitions of a folder as points, those that mean the same side by side. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { searchByMeaning, type Searching } from '../commands/search';
import { MapPanel } from './panel';
import { formatFiles } from '../text/amounts';
import { t } from '../text/words';

export function registerMap(
  register: Register,
  searching: Searching,
  { extensionUri }: vscode.ExtensionContext,
): vscode.Disposable {
  const panels = new Map<string, MapPanel>();
  const searchIn = (folder: vscode.WorkspaceFolder, paths: readonly string[]): void => {
    const only = {
      include: paths.map(asGlob),
      name: paths.length === 1 ? (paths[0] ?? '') : formatFiles(paths.length),
    };
    searchByMeaning(searching, { folder, only });
  };
  register('showMap', async () => {
    const folder = await chosenFolder();
    if (folder === undefined) {
      return;
    }
    const key = folder.uri.toString();
    const open = panels.get(key);
    if (open !== undefined) {
      open.reveal();
      return;
    }
    const panel = new MapPanel(searching.server, extensionUri, folder, searchIn);
    panels.set(key, panel);
    panel.onDidDispose(() => panels.delete(key));
  });
  return new vscode.Disposable(() => {
    panels.forEach((panel) => {
      panel.dispose();
    });
  });
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new Error(t('Open a folder to see the map of its code.'));
  }
  return folders.length === 1
    ? folders[0]
    : vscode.window.showWorkspaceFolderPick({ placeHolder: t('The folder to show the map of') });
}

/** A glob that matches one path: what has a meaning in globs is put in brackets. */
function asGlob(path: string): string {
  return path.replace(/[[\]{}*?]/g, (character) => (character === ']' ? '?' : `[${character}]`));
}
