/** *Why Is This File (Not) Indexed?* */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { whyMessage, type WhyResult } from '../protocol';
import type { Server } from '../server/server';
import { showLeftOut } from './leftOut';
import { openRule } from './rule';

const SHOW_RULE = 'Show Rule';
const LEFT_OUT = 'Files Left Out';

/** Says whether the file at `uri`, or the one in the editor, is indexed; a button opens the rule that left it out. */
export async function why(server: Server, uri = vscode.window.activeTextEditor?.document.uri): Promise<void> {
  if (uri === undefined) {
    void vscode.window.showInformationMessage('Open a file first.');
    return;
  }
  const result = await server.request(whyMessage, { textDocument: { uri: uri.toString() } });
  const message = explanation(path.basename(uri.fsPath), result);
  if (result.indexed) {
    void vscode.window.showInformationMessage(message);
    return;
  }
  // A notification with a button shows all of its text.
  const { file, line } = result;
  const buttons = [...(file ? [SHOW_RULE] : []), LEFT_OUT];
  const chosen = await vscode.window.showInformationMessage(message, ...buttons);
  if (chosen === SHOW_RULE && file) {
    await openRule({ file, line }, uri);
  } else if (chosen === LEFT_OUT) {
    await showLeftOut(server, vscode.workspace.getWorkspaceFolder(uri)?.uri);
  }
}

function explanation(name: string, { indexed, reason, rule, file, line }: WhyResult): string {
  if (indexed) {
    return `${name} is indexed.`;
  }
  // A reason is a predicate ("is larger than 1 MB") or a sentence of its own.
  const because = /^[a-z]/.test(reason) ? `it ${reason}` : reason;
  const where = file ? ` in ${path.basename(file)}${line ? `, line ${line}` : ''}` : '';
  const named = rule ? ` (rule “${rule}”${where})` : '';
  return `${name} is not indexed: ${because.replace(/\.$/, '')}${named}.`;
}
