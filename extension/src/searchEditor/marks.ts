/** Marks in a search editor: the lines of hits, and the words of the question that stand in them. */

import * as vscode from 'vscode';
import { highlightsOf } from '../results/highlights';
import type { LineRow } from './body';
import { isSearchEditor, read } from './read';
import type { SearchEditors } from './searchEditors';

export function registerMarks(editors: SearchEditors): vscode.Disposable {
  const context = vscode.window.createTextEditorDecorationType({ opacity: '0.7' });
  const hit = vscode.window.createTextEditorDecorationType({ fontWeight: 'bold' });
  const word = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('searchEditor.findMatchBackground'),
    ...borderInHighContrast(),
  });
  const mark = (editor: vscode.TextEditor): void => {
    if (!isSearchEditor(editor.document)) {
      return;
    }
    const rows = read(editor.document).shown.filter((row): row is LineRow => row.kind !== 'file');
    const words = editors.wordsOf(editor.document);
    const hits = rows.filter(({ kind }) => kind === 'hit');
    editor.setDecorations(context, rows.filter(({ kind }) => kind === 'context').map(prefixOf));
    editor.setDecorations(hit, hits.map(prefixOf));
    editor.setDecorations(
      word,
      hits.flatMap((row) => wordRanges(row, words)),
    );
  };
  const markAll = (document?: vscode.TextDocument): void => {
    const { visibleTextEditors } = vscode.window;
    visibleTextEditors
      .filter((editor) => document === undefined || editor.document === document)
      .forEach(mark);
  };
  markAll();
  return vscode.Disposable.from(
    context,
    hit,
    word,
    editors.onDidChange(markAll),
    vscode.window.onDidChangeVisibleTextEditors(() => {
      markAll();
    }),
  );
}

function prefixOf({ row, start }: LineRow): vscode.Range {
  return new vscode.Range(row, 0, row, start);
}

function wordRanges({ row, start, text }: LineRow, words: readonly string[]): vscode.Range[] {
  return highlightsOf(text, words).map(([from, to]) => new vscode.Range(row, start + from, row, start + to));
}

/** High-contrast themes mark by borders. */
function borderInHighContrast(): vscode.DecorationRenderOptions {
  return { border: '1px solid', borderColor: new vscode.ThemeColor('searchEditor.findMatchBorder') };
}
