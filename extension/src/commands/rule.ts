/** Opens an ignore rule in its file. */

import * as vscode from 'vscode';

export interface Rule {
  /** By URI, by absolute path, or relative to the workspace folder of the file that it leaves out. */
  file: string;
  /** 1-based. */
  line?: number | null | undefined;
}

export async function openRule({ file, line }: Rule, leftOut: vscode.Uri): Promise<void> {
  const start = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(ruleUri(file, leftOut), { selection: new vscode.Range(start, start) });
}

function ruleUri(file: string, leftOut: vscode.Uri): vscode.Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(file)) {
    return vscode.Uri.parse(file);
  }
  const folder = vscode.workspace.getWorkspaceFolder(leftOut);
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(file);
  return isAbsolute || folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder.uri, file);
}
