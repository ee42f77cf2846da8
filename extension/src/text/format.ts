/** Locations and errors as the user reads them: one format everywhere. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { t } from './words';

/**
 * "src/cart.ts:12", with the workspace folder's name if several folders are open.
 * @param line 0-based, as the editor counts; the text is 1-based.
 */
export function formatLocation(uri: vscode.Uri, line: number): string {
  return `${vscode.workspace.asRelativePath(uri)}:${line + 1}`;
}

/** "12-20", or "12": 1-based, of a range that is 0-based. */
export function formatLines({ start, end }: vscode.Range): string {
  return end.line > start.line ? `${start.line + 1}-${end.line + 1}` : `${start.line + 1}`;
}

/** The name of the workspace folder at `uri`. */
export function folderName(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.name ?? path.basename(uri.fsPath);
}

/** Escapes `$(name)`, which a label would draw as an icon. Any other `$(` is drawn as it is. */
export function escapeIcons(text: string): string {
  return text.replace(/\$\((?=[\w-]+(?:~\w+)?\))/g, '\\$(');
}

/** Escapes what Markdown gives a meaning. The editor's own `appendText` lets no line break between words. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|~$&]/g, '\\$&');
}

/** The first line of an error's message. */
export function errorSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? t('Something went wrong. See the Semlens log.') : line;
}
