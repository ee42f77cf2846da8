/**
 * Read-only documents with the text of files, for previews.
 *
 * A file shown as itself would unfold its folders in the explorer, enter the list of recent files and start the
 * extensions of its language, for a glance.
 */

import * as vscode from 'vscode';
import { asWritten, NOTEBOOK } from '../view/cells';
import { isGlance } from './images';

type Decode = (content: Uint8Array, options: { uri: vscode.Uri }) => Promise<string>;

const SCHEME = 'semlens-preview';
/** Of most notebooks' code; their prose is read in it as well. */
const NOTEBOOK_LANGUAGE = 'python';

/** Preview document → file. */
const files = new Map<string, vscode.Uri>();
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Registers the documents, and closes those that a window had open when it was reloaded. */
export function registerPreviews(): vscode.Disposable {
  void vscode.window.tabGroups.close(previewTabs(), true);
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const file = files.get(uri.toString());
      return file === undefined ? '' : shownText(file);
    },
  });
}

/** A document with the text of `file` as the editor has it now, edits that are not saved included. */
export async function previewDocument(file: vscode.Uri): Promise<vscode.TextDocument> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${vscode.workspace.asRelativePath(file)}` });
  files.set(uri.toString(), file);
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.getText() !== withNewlines(await shownText(file), document)) {
    changed.fire(uri);
  }
  const isJson = isNotebook(file) && document.languageId !== NOTEBOOK_LANGUAGE;
  return isJson ? vscode.languages.setTextDocumentLanguage(document, NOTEBOOK_LANGUAGE) : document;
}

/** The text to preview: of a notebook what people wrote. */
async function shownText(file: vscode.Uri): Promise<string> {
  const text = await textOf(file);
  return isNotebook(file) ? asWritten(text) : text;
}

function isNotebook({ path }: vscode.Uri): boolean {
  return path.endsWith(NOTEBOOK);
}

/** The text of a file as the editor has it now. A file that is not open is read without opening it. */
export async function textOf(file: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file.toString());
  const { decode } = vscode.workspace as { decode?: Decode }; // from VS Code 1.100 on
  if (open !== undefined || decode === undefined) {
    return (open ?? (await vscode.workspace.openTextDocument(file))).getText();
  }
  return decode(await vscode.workspace.fs.readFile(file), { uri: file });
}

function withNewlines(text: string, { eol }: vscode.TextDocument): string {
  return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

/** The file that a document previews, if it does. */
export function previewedFile(document: vscode.TextDocument): vscode.Uri | undefined {
  return files.get(document.uri.toString());
}

/** The tabs that show previews. */
export function previewTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isPreview));
}

export function isPreview(tab: vscode.Tab): boolean {
  return (tab.input instanceof vscode.TabInputText && tab.input.uri.scheme === SCHEME) || isGlance(tab);
}
