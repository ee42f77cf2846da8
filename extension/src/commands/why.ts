/** *Why Is This File (Not) Indexed?* */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { whyMessage, type WhyResult } from '../protocol';
import type { Server } from '../server/server';

/** Says whether the file at `uri`, or the one in the editor, is indexed; a button opens the rule that left it out. */
export async function why(server: Server, uri = vscode.window.activeTextEditor?.document.uri): Promise<void> {
  if (uri === undefined) {
    void vscode.window.showInformationMessage('Open a file first.');
    return;
  }
  const result = await server.request(whyMessage, { textDocument: { uri: uri.toString() } });
  const message = explanation(path.basename(uri.fsPath), result);
  const { file, line } = result;
  if (!file) {
    void vscode.window.showInformationMessage(message);
    return;
  }
  if ((await vscode.window.showInformationMessage(message, 'Show Rule')) === 'Show Rule') {
    const start = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
    await vscode.window.showTextDocument(ruleUri(file, uri), { selection: new vscode.Range(start, start) });
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

/** The rule's file, which the server names by URI, by absolute path, or relative to the folder of `indexed`. */
function ruleUri(file: string, indexed: vscode.Uri): vscode.Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(file)) {
    return vscode.Uri.parse(file);
  }
  const folder = vscode.workspace.getWorkspaceFolder(indexed);
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(file);
  return isAbsolute || folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder.uri, file);
}
