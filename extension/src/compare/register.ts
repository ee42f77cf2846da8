/** *Compare Two Selections*: of one editor, or one that was selected before with another. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import type { CodePart } from '../protocol';
import { type Server, SERVED_SCHEMES } from '../server/server';
import { ComparePanel } from './panel';

/** When a piece of code was selected for a comparison, the editor's menu offers to compare with it. */
const SELECTED = 'semlens.selectedForCompare';

export function registerCompare(
  server: Server,
  context: vscode.ExtensionContext,
  register: Register,
): vscode.Disposable {
  let panel: ComparePanel | undefined;
  let selected: CodePart | undefined;

  const compare = (one: CodePart, other: CodePart): Promise<void> => {
    if (panel === undefined) {
      const made = new ComparePanel(server, context.extensionUri);
      panel = made;
      made.onDidDispose(() => {
        panel = undefined;
        made.dispose();
      });
    }
    return panel.show(one, other);
  };
  const select = async (part: CodePart): Promise<void> => {
    selected = part;
    await vscode.commands.executeCommand('setContext', SELECTED, true);
    void vscode.window.showInformationMessage(
      'Selected for comparison. Now select other code, and run “Semlens: Compare Two Selections”.',
    );
  };
  register('selectForCompare', async () => {
    const [part] = partsOf(vscode.window.activeTextEditor);
    if (part === undefined) {
      void vscode.window.showInformationMessage('Open a file first.');
    } else {
      await select(part);
    }
  });
  register('compareSelections', async () => {
    const [one, other] = partsOf(vscode.window.activeTextEditor);
    if (one === undefined) {
      void vscode.window.showInformationMessage('Open a file first.');
    } else if (other !== undefined) {
      await compare(one, other);
    } else if (selected !== undefined) {
      await compare(selected, one);
    } else {
      await select(one);
    }
  });
  return new vscode.Disposable(() => panel?.dispose());
}

/** The selections of an editor that are not empty; if all are, the cursor, which means the definition there. */
function partsOf(editor: vscode.TextEditor | undefined): CodePart[] {
  if (editor === undefined) {
    return [];
  }
  const { document, selections, selection } = editor;
  const full = selections.filter(({ isEmpty }) => !isEmpty);
  return (full.length > 0 ? full : [selection]).map(({ start, end, isEmpty }) => ({
    textDocument: { uri: document.uri.toString() },
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
    // As it is now: it may be edited before the other piece is selected.
    text: isEmpty
      ? SERVED_SCHEMES.has(document.uri.scheme)
        ? null
        : document.lineAt(start.line).text
      : document.getText(new vscode.Range(start, end)),
  }));
}
