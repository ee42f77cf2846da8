/** Numbers, times, locations and errors as the user reads them: one format everywhere. */

import * as path from 'node:path';
import * as vscode from 'vscode';

/** "1 file", "1,204 files". */
export function formatCount(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? noun : plural}`;
}

/** "1,204 tokens". */
export function formatTokens(amount: number): string {
  return formatCount(amount, 'token');
}

/** A share from 0 to 1 as "63%". Rounds down, so that 100% means complete. */
export function formatPercent(share: number): string {
  return `${Math.floor(Math.min(Math.max(share, 0), 1) * 100)}%`;
}

/** A share that may be tiny, or more than all: "< 0.1%", "0.9%", "63%", "250%". */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) {
    return '< 0.1%';
  }
  return share < 0.1 ? `${(share * 100).toFixed(1)}%` : `${Math.round(share * 100).toLocaleString('en')}%`;
}

/** "2.5 s", "42 s", "3 min 5 s". */
export function formatDuration(seconds: number): string {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 90) {
    return `${Math.round(seconds)} s`;
  }
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** "1,204 MB". */
export function formatMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`;
}

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
  return line === '' ? 'Something went wrong. See the Semlens log.' : line;
}
