/** *Find Similar Code* among the code actions, for who asks for them: no light bulb comes of it. */

import * as vscode from 'vscode';
import { t } from '../text/words';

/** A kind of its own: it changes no code. */
export const SIMILAR = vscode.CodeActionKind.Empty.append('semlens').append('findSimilar');

export const similarAction: vscode.CodeActionProvider = {
  provideCodeActions(document, range, { triggerKind, only }): vscode.CodeAction[] {
    const isAsked = triggerKind === vscode.CodeActionTriggerKind.Invoke;
    const code = range.isEmpty ? document.lineAt(range.start).text : document.getText(range);
    if (!isAsked || code.trim() === '' || (only !== undefined && !only.contains(SIMILAR))) {
      return [];
    }
    const action = new vscode.CodeAction(t('Find similar code'), SIMILAR);
    action.command = { command: 'semlens.findSimilar', title: t('Find similar code') };
    return [action];
  },
};
