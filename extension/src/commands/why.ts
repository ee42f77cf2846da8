/** *Why Is This File (Not) Indexed?* */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { whyMessage } from '../protocol';
import type { Server } from '../server/server';
import { showLeftOut } from './leftOut';
import { explain, openRule } from './rule';
import { t } from '../text/words';

const SHOW_RULE = t('Show Rule');
const LEFT_OUT = t('Files Left Out');

/** Says whether the file at `uri`, or the one in the editor, is indexed; a button opens the rule that left it out. */
export async function why(server: Server, uri = vscode.window.activeTextEditor?.document.uri): Promise<void> {
  if (uri === undefined) {
    void vscode.window.showInformationMessage(t('Open a file first.'));
    return;
  }
  const result = await server.request(whyMessage, { textDocument: { uri: uri.toString() } });
  const name = path.basename(uri.fsPath);
  if (result.indexed) {
    void vscode.window.showInformationMessage(t('{0} is indexed.', name));
    return;
  }
  // A notification with a button shows all of its text.
  const { file, line, remedy } = result;
  const buttons = [...(file ? [SHOW_RULE] : []), LEFT_OUT];
  const chosen = await vscode.window.showInformationMessage(
    [t('{0} is not indexed: {1}.', name, explain(result)), remedy].filter(Boolean).join(' '),
    ...buttons,
  );
  if (chosen === SHOW_RULE && file) {
    await openRule({ file, line }, uri);
  } else if (chosen === LEFT_OUT) {
    await showLeftOut(server, vscode.workspace.getWorkspaceFolder(uri)?.uri);
  }
}
