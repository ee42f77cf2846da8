/** *Open Search Editor*: what a search finds as a document, to edit, compare, save and run again. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import type { Ask } from '../results/kept';
import { type Node, searchOf } from '../results/nodes';
import type { Server } from '../server/server';
import { registerCompletions } from './completions';
import { emptyHeader, type Header, MAX_CONTEXT } from './header';
import { registerLens } from './lens';
import { registerMarks } from './marks';
import { shownPath } from './places';
import { registerProviders } from './providers';
import { isSearchEditor, read } from './read';
import { SearchEditors } from './searchEditors';
import { saveAsFile, UnsavedSearches } from './unsaved';

export interface OpenSearchEditors {
  /** Shows what a question finds in a search editor. */
  keep: (ask: Ask) => void;
  disposable: vscode.Disposable;
}

/** `storage` is the folder where editors are kept that are not saved. */
export function registerSearchEditor(
  register: Register,
  server: Server,
  storage: vscode.Uri,
): OpenSearchEditors {
  const unsaved = new UnsavedSearches(vscode.Uri.joinPath(storage, 'searches'));
  const editors = new SearchEditors(server, unsaved);
  const open = async (ask: Ask): Promise<void> => {
    const header = headerOf(ask);
    await (header && editors.open(header));
  };
  register('openSearchEditor', () => editors.open({ ...emptyHeader(), question: selectedText() }));
  register('results.openInEditor', async (node?: Node) => {
    await (node && open(searchOf(node).ask));
  });
  register('searchEditor.rerun', async (uri?: unknown) => {
    const document = documentOf(uri);
    await (document && editors.run(document));
  });
  register('searchEditor.save', async () => {
    const document = documentOf(undefined);
    await (document && saveAsFile(document));
  });
  // One after the other: each counts from what the one before has written.
  let changing = Promise.resolve();
  const change = (by: 1 | -1): Promise<void> => (changing = changing.then(() => changeContext(by)));
  register('searchEditor.moreContext', () => change(1));
  register('searchEditor.lessContext', () => change(-1));
  register('searchEditor.next', () => {
    goToHit(1);
  });
  register('searchEditor.previous', () => {
    goToHit(-1);
  });
  const disposable = vscode.Disposable.from(
    unsaved,
    editors,
    registerProviders(),
    registerCompletions(server),
    registerMarks(editors),
    registerLens(editors),
  );
  return { keep: (ask) => void open(ask), disposable };
}

/** What the results view asks, as a header; undefined for near copies, which answer no question. */
function headerOf(ask: Ask): Header | undefined {
  if (ask.kind === 'duplicates') {
    return undefined;
  }
  if (ask.kind === 'search') {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = folders.find(({ uri }) => uri.toString() === ask.folder);
    return { ...emptyHeader(), question: ask.query, folders: folder === undefined ? [] : [folder.name] };
  }
  const { textDocument, range } = ask.params;
  const path = shownPath(vscode.Uri.parse(textDocument.uri));
  const { start, end } = range;
  // A selection that ends at a line's first column does not mean that line.
  const last = end.character === 0 ? Math.max(start.line, end.line - 1) : end.line;
  return { ...emptyHeader(), similar: { path, first: start.line, last } };
}

/** The text that is selected, if it is one line. */
function selectedText(): string {
  const { document, selection } = vscode.window.activeTextEditor ?? {};
  return selection?.isSingleLine ? (document?.getText(selection).trim() ?? '') : '';
}

function documentOf(uri: unknown): vscode.TextDocument | undefined {
  const active = vscode.window.activeTextEditor?.document;
  const wanted = uri instanceof vscode.Uri ? uri.toString() : active?.uri.toString();
  return vscode.workspace.textDocuments.find(
    (document) => isSearchEditor(document) && document.uri.toString() === wanted,
  );
}

/** Writes another number of lines of context into the header, which asks again. */
async function changeContext(by: 1 | -1): Promise<void> {
  const document = documentOf(undefined);
  if (document === undefined) {
    return;
  }
  const { header, lines, rows } = read(document);
  const context = Math.min(Math.max(header.context + by, 0), MAX_CONTEXT);
  const row = lines.findIndex((line, at) => at < rows && /^lines of context:/i.test(line));
  const edit = new vscode.WorkspaceEdit();
  if (row < 0) {
    edit.insert(document.uri, document.lineAt(rows - 1).range.end, `\nLines of context: ${context}`);
  } else {
    edit.replace(document.uri, document.lineAt(row).range, `Lines of context: ${context}`);
  }
  await vscode.workspace.applyEdit(edit);
}

/** Moves the cursor to the next hit, and behind the last to the first. */
function goToHit(steps: 1 | -1): void {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isSearchEditor(editor.document)) {
    return;
  }
  const hits = read(editor.document).shown.filter(({ kind }) => kind === 'hit');
  const { line } = editor.selection.active;
  const next =
    steps > 0
      ? (hits.find(({ row }) => row > line) ?? hits[0])
      : (hits.findLast(({ row }) => row < line) ?? hits.at(-1));
  if (next?.kind === 'hit') {
    const place = new vscode.Position(next.row, next.start);
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}
