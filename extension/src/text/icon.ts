/** Icons of items in lists. An icon in the label, as `$(name)`, would be read out by its name. */

import * as vscode from 'vscode';

export function icon(name: string): { iconPath: vscode.ThemeIcon } {
  return { iconPath: new vscode.ThemeIcon(name) };
}
