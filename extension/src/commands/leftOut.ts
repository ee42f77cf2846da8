/** *Show Files Left Out*: what is not indexed in a folder, and why. */

import * as vscode from 'vscode';
import { type LeftOutFile, leftOutMessage, type LeftOutResult } from '../protocol';
import type { Server } from '../server/server';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { showFolderList } from './folderList';
import { explain, openRule } from './rule';
import { counted, figure, t } from '../text/words';

interface Entry extends vscode.QuickPickItem {
  file?: LeftOutFile;
}

const ruleButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: t('Open the rule that leaves it out'),
};

/** Lists what is left out below `folder`; without it, below the first workspace folder. */
export function showLeftOut(server: Server, folder?: vscode.Uri): Promise<void> {
  return showFolderList<Entry>(folder, {
    title: (name) => t('Files left out in {0}', name),
    placeholder: t('Type to filter by path or reason'),
    load: async (below, name) => {
      const result = await server.request(leftOutMessage, { folder: below });
      return { title: headline(name, result), items: result.files.map(fileEntry) };
    },
    accept: ({ file }) => file && (() => open(vscode.Uri.parse(file.uri))),
    button: ({ file }) => {
      const rule = file?.file;
      return file && rule
        ? () => openRule({ file: rule, line: file.line }, vscode.Uri.parse(file.uri))
        : undefined;
    },
  });
}

function headline(name: string, { files, total }: LeftOutResult): string {
  if (total === 0) {
    return t('Nothing is left out in {0}', name);
  }
  return files.length < total
    ? t('{0} files and folders left out in {1}, the first {2}', figure(total), name, figure(files.length))
    : counted(total, '{0} file or folder left out in {1}', '{0} files and folders left out in {1}', name);
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
