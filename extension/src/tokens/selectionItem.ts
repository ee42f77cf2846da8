/** The status bar item with the tokens of the selected code. */

import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { formatTokens } from '../text/format';
import { countText } from './count';

const COUNT_AFTER_MS = 150;
/** Larger selections are not counted: the count would come too late to be read. */
const MAX_CHARACTERS = 2_000_000;

export function createSelectionItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('semlens.selection', vscode.StatusBarAlignment.Right, 100.1);
  item.name = 'Semlens: Tokens of the Selection';
  let timer: NodeJS.Timeout | undefined;
  let request: vscode.CancellationTokenSource | undefined;

  const show = async (editor: vscode.TextEditor): Promise<void> => {
    const sent = new vscode.CancellationTokenSource();
    request = sent;
    try {
      const { billed, embedding } = await countText(server, selectedText(editor), sent.token);
      if (!sent.token.isCancellationRequested) {
        item.text = formatTokens(billed.tokens);
        item.tooltip =
          `Semlens: the selection costs ${formatTokens(billed.tokens)} in ${billed.tokenizer}, ` +
          `${formatTokens(embedding.tokens)} in ${embedding.tokenizer}.`;
        item.show();
      }
    } catch {
      item.hide(); // the other status bar item says what is wrong with the server
    } finally {
      sent.dispose();
    }
  };
  const changed = (editor: vscode.TextEditor | undefined): void => {
    clearTimeout(timer);
    request?.cancel();
    request = undefined;
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
      request?.cancel();
    }),
  );
}

function isCountable({ document, selections }: vscode.TextEditor): boolean {
  const characters = selections.reduce(
    (sum, { start, end }) => sum + document.offsetAt(end) - document.offsetAt(start),
    0,
  );
  return characters > 0 && characters <= MAX_CHARACTERS;
}

function selectedText({ document, selections }: vscode.TextEditor): string {
  return selections
    .filter((selection) => !selection.isEmpty)
    .map((selection) => document.getText(selection))
    .join('\n');
}
