/** *Reindex Workspace* and *Reindex Workspace from Scratch*. */

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { reindexMessage, type Report } from '../protocol';
import type { WorkDone } from '../server/message';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { formatDuration, formatFiles } from '../text/amounts';
import { t } from '../text/words';

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

const FIRST_MESSAGE = t('Looking for changes');

/** Reindexes with a notification that shows the progress and can be cancelled. With `full`, from scratch. */
export async function reindex(server: Server, status: Status, full: boolean): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Semlens',
    cancellable: true,
  };
  const report = await vscode.window.withProgress(options, (progress, token) =>
    requestReindex(server, full, progress, token),
  );
  if (report === undefined) {
    void vscode.window.showInformationMessage(t('Reindexing was cancelled. Finished work is kept.'));
  } else if (report.files === 0) {
    void vscode.window.showWarningMessage(nothingIndexed(status));
  } else if (report.problems.length > 0) {
    const failed = t('Not reindexed: {0}', report.problems.join(' '));
    void vscode.window.showWarningMessage(`${reportSentence(report)} ${failed}`);
  } else {
    void vscode.window.showInformationMessage(reportSentence(report));
  }
}

/** The server's report, or undefined if the user cancelled. */
async function requestReindex(
  server: Server,
  full: boolean,
  progress: Progress,
  token: vscode.CancellationToken,
): Promise<Report | undefined> {
  progress.report({ message: FIRST_MESSAGE });
  await server.untilRunning();
  const workDoneToken = randomUUID();
  const listening = server.onWorkDone(workDoneToken, forwardTo(progress));
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

/** Turns the server's percentages into the increments that the editor takes. */
function forwardTo(progress: Progress): (value: WorkDone) => void {
  let reached = 0;
  let message = FIRST_MESSAGE;
  return (value) => {
    if (value.kind === 'end') {
      return;
    }
    const percentage = value.percentage ?? reached;
    message = value.message ?? message; // the editor drops a message that is not repeated
    progress.report({ message, increment: Math.max(0, percentage - reached) });
    reached = Math.max(reached, percentage);
  };
}

function reportSentence(report: Report): string {
  const parts = [
    ...(report.added > 0 ? [t('{0} added', report.added)] : []),
    ...(report.changed > 0 ? [t('{0} changed', report.changed)] : []),
    ...(report.removed > 0 ? [t('{0} removed', report.removed)] : []),
    ...(report.skipped > 0 ? [t('{0} left out', report.skipped)] : []),
  ];
  const summary = parts.length === 0 ? t('nothing had changed') : parts.join(', ');
  return t('Indexed {0} in {1}: {2}.', formatFiles(report.files), formatDuration(report.seconds), summary);
}

function nothingIndexed(status: Status): string {
  const reason = status.folders.map((folder) => folder.message).find(Boolean);
  return reason ?? t('0 files indexed: this workspace has no file that Semlens reads.');
}
