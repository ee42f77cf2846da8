/** Shows a place of a file: a line in the text editor, or its cell in the notebook editor. */

import * as vscode from 'vscode';
import { cellAt, NOTEBOOK } from './cells';

/**
 * Rejects if the file cannot be opened.
 * @param line 0-based, of the file.
 * @param shown What is known of the line's text, as it was written.
 */
export async function showPlace(
  uri: vscode.Uri,
  line: number,
  options: vscode.TextDocumentShowOptions = {},
  shown = '',
): Promise<void> {
  if (uri.path.endsWith(NOTEBOOK) && (await showCell(uri, line, options, shown))) {
    return;
  }
  const selection = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri, { ...options, selection });
}

/** Whether the file is a notebook that this editor can show. */
async function showCell(
  uri: vscode.Uri,
  line: number,
  { viewColumn, preserveFocus, preview }: vscode.TextDocumentShowOptions,
  shown: string,
): Promise<boolean> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    const cell = cellAt(text, line, shown);
    if (cell === undefined) {
      return false;
    }
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    const range = new vscode.NotebookRange(cell, cell + 1);
    const editor = await vscode.window.showNotebookDocument(notebook, {
      ...(viewColumn === undefined ? {} : { viewColumn }),
      preserveFocus: preserveFocus ?? false,
      preview: preview ?? false,
      selections: [range],
    });
    editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
    return true;
  } catch {
    return false; // no extension reads such notebooks
  }
}
