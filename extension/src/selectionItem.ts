/** The item in the status bar that says what the selected code costs in tokens. */

import * as vscode from 'vscode';
import type { Server } from './server';
import { countText, MOST_CHARACTERS, tokens } from './tokens';

const COUNT_AFTER_MS = 150;

export function createSelectionItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('semlens.selection', vscode.StatusBarAlignment.Right, 100.1);
  item.name = 'Semlens: Tokens of the Selection';
  let timer: NodeJS.Timeout | undefined;
  let counting: vscode.CancellationTokenSource | undefined;

  const show = async (editor: vscode.TextEditor): Promise<void> => {
    const asked = new vscode.CancellationTokenSource();
    counting = asked;
    try {
      const { billed, own } = await countText(server, selectedText(editor), asked.token);
      if (!asked.token.isCancellationRequested) {
        item.text = tokens(billed.tokens);
        item.tooltip = `Semlens: the selection costs ${tokens(billed.tokens)} in ${billed.tokenizer}, ${tokens(own.tokens)} in ${own.tokenizer}.`;
        item.show();
      }
    } catch {
      item.hide(); // the other status item says what is wrong with the server
    } finally {
      asked.dispose();
    }
  };
  const changed = (editor: vscode.TextEditor | undefined): void => {
    clearTimeout(timer);
    counting?.cancel();
    counting = undefined;
    if (editor === undefined || server.state.kind !== 'running' || !isCountable(editor)) {
      item.hide();
    } else {
      timer = setTimeout(() => void show(editor), COUNT_AFTER_MS);
    }
  };
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) {
        changed(textEditor);
      }
    }),
    vscode.window.onDidChangeActiveTextEditor(changed),
    new vscode.Disposable(() => {
      clearTimeout(timer);
      counting?.cancel();
    }),
  );
}

function isCountable({ document, selections }: vscode.TextEditor): boolean {
  const characters = selections.reduce(
    (sum, { start, end }) => sum + document.offsetAt(end) - document.offsetAt(start),
    0,
  );
  return characters > 0 && characters <= MOST_CHARACTERS;
}

function selectedText({ document, selections }: vscode.TextEditor): string {
  return selections
    .filter((selection) => !selection.isEmpty)
    .map((selection) => document.getText(selection))
    .join('\n');
}
