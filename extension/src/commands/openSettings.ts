/** Opens the settings where those of Semlens are to be seen. */

import * as vscode from 'vscode';

/** All settings of Semlens, as a query of the settings editor. */
export const OWN_SETTINGS = '@ext:semlens.semlens';

/**
 * Opens the settings editor with a query, for example a setting's name. In a remote window, the user's tab hides settings
 * of the machine.
 */
export async function openSettings(query: string): Promise<void> {
  if (vscode.env.remoteName === undefined) {
    await vscode.commands.executeCommand('workbench.action.openSettings', query);
  } else {
    await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
  }
}
