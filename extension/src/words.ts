/** How numbers, times and places are said to the user: one way everywhere. */

import * as path from 'node:path';
import * as vscode from 'vscode';

/** "1 file", "1,204 files". */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? noun : plural}`;
}

/** A share from 0 to 1 as "63 %"; 100 % only when nothing is left. */
export function percent(share: number): string {
  return `${Math.floor(Math.min(Math.max(share, 0), 1) * 100)} %`;
}

export function duration(seconds: number): string {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`;
}

/** "src/cart.ts:12", with the folder's name where there are several. */
export function place(uri: vscode.Uri, line: number): string {
  return `${vscode.workspace.asRelativePath(uri)}:${line + 1}`;
}

export function folderName(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.name ?? path.basename(uri.fsPath);
}

/** Text that a label shows as it is, although labels draw `$(name)` as an icon. */
export function literal(text: string): string {
  return text.replace(/\$\(/g, '\\$(');
}

/** What went wrong, as one sentence. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? 'Something went wrong: the Semlens log may say what.' : line;
}
