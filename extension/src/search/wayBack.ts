/** Escape leads from a list that stands in the place of another one back to that one. */

import * as vscode from 'vscode';

/** While such a list is there, for its key. A click elsewhere, or another list, just closes it. */
const VISIBLE = 'semlens.cardVisible';
/** Leaves the list that is open. */
let leave: (() => void) | undefined;

/** Escape: back to where the list was asked for. */
export function leaveCard(): void {
  leave?.();
}

/** Shows a list that has a way back, until it is left. */
export function showWithWayBack(pick: vscode.QuickPick<vscode.QuickPickItem>, back: () => void): void {
  pick.onDidHide(() => {
    pick.dispose();
    if (leave === back) {
      leave = undefined;
      void vscode.commands.executeCommand('setContext', VISIBLE, false);
    }
  });
  pick.buttons = [vscode.QuickInputButtons.Back];
  pick.onDidTriggerButton(back);
  pick.show();
  leave = back;
  void vscode.commands.executeCommand('setContext', VISIBLE, true);
}
