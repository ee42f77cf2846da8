import * as vscode from 'vscode';

/** The file or folder of the menu that ran a command, if any. */
export function asUri(value: unknown): vscode.Uri | undefined {
  return value instanceof vscode.Uri ? value : undefined;
}
