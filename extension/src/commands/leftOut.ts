/** *Show Files Left Out*: what is not indexed in a folder, and why. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { type LeftOutFile, leftOutMessage, type LeftOutResult } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence, escapeIcons, formatCount } from '../text/format';
import { icon } from '../text/icon';
import { explain, openRule } from './rule';

interface Entry extends vscode.QuickPickItem {
  file?: LeftOutFile;
}

const ruleButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: 'Open the rule that leaves it out',
};

/** Lists what is left out below `folder`; without it, below the first workspace folder. */
export async function showLeftOut(server: Server, folder?: vscode.Uri): Promise<void> {
  const target = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (target === undefined) {
    void vscode.window.showInformationMessage('Open a folder first.');
    return;
  }
  const name = path.basename(target.path);
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = `Files left out in ${name}`;
  pick.placeholder = 'Type to filter by path or reason';
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    if (chosen?.file !== undefined) {
      pick.hide();
      void open(vscode.Uri.parse(chosen.file.uri));
    }
  });
  pick.onDidTriggerItemButton(({ item: { file } }) => {
    if (file?.file) {
      pick.hide();
      void openRule({ file: file.file, line: file.line }, vscode.Uri.parse(file.uri));
    }
  });
  pick.onDidHide(() => {
    pick.dispose();
  });
  pick.show();
  try {
    const result = await server.request(leftOutMessage, { folder: target.toString() });
    pick.title = headline(name, result);
    pick.items = result.files.map(fileEntry);
  } catch (error) {
    pick.items = [{ label: 'No answer', ...icon('warning'), detail: errorSentence(error), alwaysShow: true }];
  }
  pick.busy = false;
}

function headline(name: string, { files, total }: LeftOutResult): string {
  if (total === 0) {
    return `Nothing is left out in ${name}`;
  }
  const some = files.length < total ? `, the first ${files.length.toLocaleString('en')}` : '';
  return `${formatCount(total, 'file or folder', 'files and folders')} left out in ${name}${some}`;
}

function fileEntry(file: LeftOutFile): Entry {
  return {
    label: escapeIcons(file.path),
    ...icon('circle-slash'),
    detail: escapeIcons(sentence(explain(file))),
    buttons: file.file ? [ruleButton] : [],
    file,
  };
}

/** A file is shown, and a folder or what is no text is selected in the explorer. */
async function open(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.window.showTextDocument(uri);
  } catch {
    await vscode.commands.executeCommand('revealInExplorer', uri);
  }
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
