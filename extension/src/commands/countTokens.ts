/** *Count Tokens* of a file, a folder or the selection. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { type Server, SERVED_SCHEMES } from '../server/server';
import { formatTokens } from '../text/amounts';
import { formatLines } from '../text/format';
import { CostPick } from '../tokens/costPick';
import { countDocument, countText, type TokenCounts } from '../tokens/count';
import { figure, t } from '../text/words';

const COPY = t('Copy');

/** Counts the file or folder at `uri`; without it, the file in the editor or else the first workspace folder. */
export async function countTokens(server: Server, uri?: vscode.Uri): Promise<void> {
  const target =
    uri ?? vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (target === undefined) {
    void vscode.window.showInformationMessage(t('Open a file or a folder first.'));
  } else if (await isFolder(target)) {
    new CostPick(server, target).show();
  } else {
    await countFile(server, target);
  }
}

/** Counts the selected code in the editor. */
export async function countSelection(server: Server): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const selections = editor?.selections.filter(({ isEmpty }) => !isEmpty) ?? [];
  if (editor === undefined || selections.length === 0) {
    void vscode.window.showInformationMessage(t('Select some code first.'));
    return;
  }
  const { document } = editor;
  const text = selections.map((selection) => document.getText(selection)).join('\n');
  const lines = selections.map(formatLines).join(', ');
  await say(`${nameOf(document.uri)}:${lines}`, await countText(server, text));
}

async function countFile(server: Server, uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri); // refuses files that are not text
  const isServed = SERVED_SCHEMES.has(uri.scheme);
  const counts = await (isServed ? countDocument(server, uri) : countText(server, document.getText()));
  await say(nameOf(uri), counts);
}

/** The file's name; of a cell with its number in the notebook. */
function nameOf(uri: vscode.Uri): string {
  const name = path.basename(uri.path);
  const key = uri.toString();
  const isHere = ({ document }: vscode.NotebookCell): boolean => document.uri.toString() === key;
  const cell = vscode.workspace.notebookDocuments.flatMap((one) => one.getCells()).find(isHere);
  return cell === undefined ? name : t('{0}, cell {1}', name, cell.index + 1);
}

async function say(name: string, { billed, embedding }: TokenCounts): Promise<void> {
  const [tokens, tokenizer] = [formatTokens(billed.tokens), billed.tokenizer];
  const counts = embedding.problem
    ? t('{0}: {1} ({2})', name, tokens, tokenizer)
    : t('{0}: {1} ({2}), {3} in {4}', name, tokens, tokenizer, figure(embedding.tokens), embedding.tokenizer);
  if ((await vscode.window.showInformationMessage(counts, COPY)) === COPY) {
    await vscode.env.clipboard.writeText(counts);
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    return false; // a document without a file, for example one that was never saved
  }
}
