/** *Copy Best Code for a Question*, *Copy as Context*, and *Copy What Fits of a Folder*. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import type { Range } from '../protocol';
import type { Questions } from '../search/questions';
import { plainRange } from '../server/positions';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import type { Start } from './contextNotes';
import { ContextPick } from './contextPick';
import { t } from '../text/words';

export function registerContext(
  register: Register,
  server: Server,
  status: Status,
  questions: Questions,
  memory: vscode.Memento,
): void {
  register('copyContext', () => {
    new ContextPick(server, status, memory).show(questions.next()?.text ?? '');
  });
  register('copyFolder', (uri?: unknown) => {
    const folder = uri instanceof vscode.Uri ? uri : vscode.workspace.workspaceFolders?.[0]?.uri;
    if (folder === undefined) {
      void vscode.window.showInformationMessage(t('Open a folder first.'));
    } else {
      new ContextPick(server, status, memory, { folder: folder.toString() }).show('');
    }
  });
  // A menu gives the URI of its document, a link gives text and the range.
  register('copyAsContext', (target?: unknown, range?: Range) => {
    const start =
      typeof target === 'string' && range !== undefined
        ? { textDocument: { uri: target }, range }
        : startAtCursor();
    if (start === undefined) {
      void vscode.window.showInformationMessage(t('Open a file and put the cursor into its code first.'));
    } else {
      new ContextPick(server, status, memory, start).show('');
    }
  });
}

function startAtCursor(): Start | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return undefined;
  }
  return {
    textDocument: { uri: editor.document.uri.toString() },
    range: plainRange(editor.selection),
  };
}
