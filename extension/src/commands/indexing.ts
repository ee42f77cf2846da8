/** *Reindex Workspace*, *Pause Indexing*, *Resume Indexing* and *Why Is This File (Not) Indexed?* */

import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { type ProgressType, WorkDoneProgress } from 'vscode-languageclient/node';
import { pauseMessage, reindexMessage, type Report, whyMessage, type WhyResult } from '../protocol';
import type { Server } from '../server';
import type { Status } from '../status';
import { count, duration, sentence } from '../words';

type WorkDone = typeof WorkDoneProgress.type extends ProgressType<infer P> ? P : never;
const LOOKING = 'Looking for changes';

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

export async function reindex(server: Server, status: Status, full: boolean): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Semlens',
    cancellable: true,
  };
  let report: Report | undefined;
  try {
    report = await vscode.window.withProgress(options, (progress, token) =>
      runReindex(server, full, progress, token),
    );
  } catch (error) {
    void vscode.window.showErrorMessage(sentence(error));
    return;
  }
  if (report === undefined) {
    void vscode.window.showInformationMessage('Reindexing was cancelled. What was done is kept.');
  } else if (report.files === 0) {
    void vscode.window.showWarningMessage(nothingIndexed(status));
  } else {
    void vscode.window.showInformationMessage(told(report));
  }
}

/** The server's report, or undefined if the user cancelled. */
async function runReindex(
  server: Server,
  full: boolean,
  progress: Progress,
  token: vscode.CancellationToken,
): Promise<Report | undefined> {
  progress.report({ message: LOOKING });
  await server.running();
  const workDoneToken = randomUUID();
  const listening = server.onProgress(WorkDoneProgress.type, workDoneToken, reporter(progress));
  try {
    return await server.request(reindexMessage, { full, workDoneToken }, token);
  } catch (error) {
    if (token.isCancellationRequested) {
      return undefined;
    }
    throw error;
  } finally {
    listening.dispose();
  }
}

export async function pause(server: Server, paused: boolean): Promise<void> {
  const result = await server.request(pauseMessage, { paused });
  const said = result.paused
    ? 'Indexing is paused. Search answers from what has been read.'
    : 'Indexing goes on.';
  vscode.window.setStatusBarMessage(`Semlens: ${said}`, 5000);
}

/** Why the file at `uri`, or the one in the editor, is in the index or not, with the rule a click away. */
export async function why(server: Server, uri = vscode.window.activeTextEditor?.document.uri): Promise<void> {
  if (uri === undefined) {
    void vscode.window.showInformationMessage('Open a file first.');
    return;
  }
  const result = await server.request(whyMessage, { textDocument: { uri: uri.toString() } });
  const said = explained(path.basename(uri.fsPath), result);
  const { file, line } = result;
  if (!file) {
    void vscode.window.showInformationMessage(said);
    return;
  }
  if ((await vscode.window.showInformationMessage(said, 'Show Rule')) === 'Show Rule') {
    const start = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
    await vscode.window.showTextDocument(asUri(file, uri), { selection: new vscode.Range(start, start) });
  }
}

/** Passes on what the server reports, as the increments that the editor wants. */
function reporter(progress: Progress) {
  let reached = 0;
  let message = LOOKING;
  return (value: WorkDone): void => {
    if (value.kind === 'end') {
      return;
    }
    const percentage = value.percentage ?? reached;
    message = value.message ?? message; // the editor forgets what is not said again
    progress.report({ message, increment: Math.max(0, percentage - reached) });
    reached = Math.max(reached, percentage);
  };
}

function told(report: Report): string {
  const changes = [
    [report.added, 'added'],
    [report.changed, 'changed'],
    [report.removed, 'removed'],
    [report.skipped, 'left out'],
  ] as const;
  const parts = changes.filter(([amount]) => amount > 0).map(([amount, what]) => `${amount} ${what}`);
  const said = parts.length === 0 ? 'nothing had changed' : parts.join(', ');
  return `Indexed ${count(report.files, 'file')} in ${duration(report.seconds)}: ${said}.`;
}

function nothingIndexed(status: Status): string {
  const reason = status.folders.map((folder) => folder.message).find(Boolean);
  return reason ?? '0 files indexed: this workspace has no file that Semlens reads.';
}

function explained(name: string, { indexed, reason, rule, file, line }: WhyResult): string {
  if (indexed) {
    return `${name} is indexed.`;
  }
  // A reason is a predicate ("is larger than 1 MB") or a sentence of its own.
  const because = /^[a-z]/.test(reason) ? `it ${reason}` : reason;
  const where = file ? ` in ${path.basename(file)}${line ? `, line ${line}` : ''}` : '';
  const named = rule ? ` (rule “${rule}”${where})` : '';
  return `${name} is not indexed: ${because.replace(/\.$/, '')}${named}.`;
}

function asUri(file: string, near: vscode.Uri): vscode.Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(file)) {
    return vscode.Uri.parse(file);
  }
  const folder = vscode.workspace.getWorkspaceFolder(near);
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(file);
  return isAbsolute || folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder.uri, file);
}
