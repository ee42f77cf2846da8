/** Where a command of a view works: at the place that a link names, or else at the cursor in the editor. */

import * as vscode from 'vscode';

export interface Place {
  document: vscode.TextDocument;
  /** Empty for the definition at a position. */
  range: vscode.Range;
}

interface Positions {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

/**
 * @param uri Of a document as a text, by a link; a menu gives something else.
 * @param range A part of the document, by a link.
 */
export async function placeOf(uri: unknown, range: unknown): Promise<Place | undefined> {
  if (typeof uri === 'string' && isRange(range)) {
    const { start, end } = range;
    return {
      document: await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)),
      range: new vscode.Range(start.line, start.character, end.line, end.character),
    };
  }
  const editor = vscode.window.activeTextEditor;
  return editor && { document: editor.document, range: editor.selection };
}

function isRange(value: unknown): value is Positions {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}
