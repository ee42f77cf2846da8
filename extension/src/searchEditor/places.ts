/** The files of a search editor: their paths as they are shown, and the way back. */

import * as vscode from 'vscode';

/** As it is shown: below its workspace folder, whose name is in front if several folders are open. */
export function shownPath(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

/** The file at a shown path: the first that is there of those that may be meant; undefined if none is. */
export async function existing(path: string): Promise<vscode.Uri | undefined> {
  for (const uri of candidates(path)) {
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}

/** The file at a shown path that is most likely meant, whether or not it is there. */
export async function fileAt(path: string): Promise<vscode.Uri | undefined> {
  return (await existing(path)) ?? candidates(path)[0];
}

/** The files that a path may mean, also one that was drawn where more or fewer folders were open. */
function candidates(path: string): vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [name, ...rest] = path.split('/');
  const below = (folder: vscode.WorkspaceFolder, relative: string): vscode.Uri =>
    vscode.Uri.joinPath(folder.uri, relative);
  const named = folders.filter((folder) => folder.name === name && rest.length > 0);
  const absolute = /^(\/|[A-Za-z]:[\\/])/.test(path) ? [vscode.Uri.file(path)] : [];
  const whole = folders.map((folder) => below(folder, path));
  const inNamed = named.map((folder) => below(folder, rest.join('/')));
  return [...absolute, ...(folders.length > 1 ? [...inNamed, ...whole] : [...whole, ...inNamed])];
}
