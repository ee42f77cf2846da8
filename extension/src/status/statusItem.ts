/** The status bar item: the progress of indexing, the number of indexed files, or a problem. */

import * as vscode from 'vscode';
import type { FolderStatus } from '../protocol';
import { escapeMarkdown, folderName, formatCount, formatPercent } from '../text/format';
import type { Status } from './status';

interface Appearance {
  text: string;
  tooltip: string;
  warning?: boolean;
}

const STARTING: Appearance = { text: '$(sync~spin) Semlens', tooltip: 'Semlens is starting.' };

const UPDATE_AFTER_MS = 100;

export function createStatusItem(status: Status): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('semlens.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'Semlens';
  item.command = 'semlens.showStatus';
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    const appearance = appearanceOf(status);
    item.text = appearance.text;
    item.tooltip = tooltip(appearance.tooltip, status);
    item.backgroundColor = appearance.warning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.accessibilityInformation = { label: `Semlens: ${appearance.tooltip.replace(/\s+/g, ' ')}` };
  };
  const subscription = status.onDidChange(() => {
    timer ??= setTimeout(draw, UPDATE_AFTER_MS);
  });
  draw();
  item.show();
  return vscode.Disposable.from(
    item,
    subscription,
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

/** Whether the user has the best quality switched off in a folder, so that its share says nothing. */
export function isDeepTierOff(folder: FolderStatus): boolean {
  const settings = vscode.workspace.getConfiguration('semlens', vscode.Uri.parse(folder.uri));
  return settings.get('deepTier') === 'off';
}

/** One folder's state as a sentence, for lists and tooltips. */
export function folderSummary(folder: FolderStatus): string {
  const { files, instant } = folder.coverage;
  const deep = isDeepTierOff(folder) ? instant : folder.coverage.deep;
  switch (folder.state) {
    case 'indexing':
      return instant < 1 ? `Reading the code, ${formatPercent(instant)}` : 'Ready, looking for changes';
    case 'rebuilding':
      return `Rebuilding, ${formatPercent(Math.min(instant, deep))}; search still works`;
    case 'paused':
      return `Paused at ${formatPercent(Math.min(instant, deep))}`;
    case 'error':
      return folder.message ?? 'Something went wrong. See the log.';
    case 'empty':
      return folder.message ?? 'No file indexed';
    case 'ready':
      return `Ready, ${formatCount(folder.files || files, 'file')}`;
  }
}

function appearanceOf(status: Status): Appearance {
  const server = status.serverState;
  switch (server.kind) {
    case 'unprepared':
      return { text: '$(warning) Semlens: set-up needed', tooltip: server.message, warning: true };
    case 'settingUp':
      return { text: '$(sync~spin) Semlens: setting up', tooltip: `${server.message}.` };
    case 'restarting':
      return { text: '$(warning) Semlens: restarting', tooltip: server.message, warning: true };
    case 'stopped':
      return { text: '$(circle-slash) Semlens', tooltip: 'Semlens is stopped.' };
    case 'starting':
      return STARTING;
    case 'running':
      return foldersAppearance(status.folders);
  }
}

function foldersAppearance(folders: readonly FolderStatus[]): Appearance {
  if (folders.length === 0 && vscode.workspace.workspaceFolders !== undefined) {
    return STARTING;
  }
  if (folders.length === 0) {
    return { text: '$(search-sparkle) Semlens', tooltip: 'Open a folder to search it by meaning.' };
  }
  const broken = folders.find((folder) => folder.state === 'error');
  if (broken !== undefined) {
    return { text: '$(warning) Semlens: problem', tooltip: folderSummary(broken), warning: true };
  }
  const busy = folders.filter((folder) => folder.state === 'indexing' || folder.state === 'rebuilding');
  if (busy.length > 0) {
    return busyAppearance(busy);
  }
  if (folders.some((folder) => folder.state === 'paused')) {
    return { text: '$(debug-pause) Semlens: paused', tooltip: 'Indexing is paused.' };
  }
  const notices = folders.flatMap(({ message }) => message ?? []).map((notice) => `\n\n${notice}`);
  const files = folders.reduce((sum, folder) => sum + folder.files, 0);
  return files === 0
    ? { text: '$(search-sparkle) Semlens: nothing indexed', tooltip: folders.map(folderSummary).join(' ') }
    : {
        text: '$(search-sparkle) Semlens',
        tooltip: `Ready: all of the code in ${formatCount(files, 'file')} can be found.${notices.join('')}`,
      };
}

/** The folder with the least progress decides. */
function busyAppearance(busy: readonly FolderStatus[]): Appearance {
  const reading = Math.min(...busy.map((folder) => folder.coverage.instant));
  if (reading < 1) {
    const tooltip = `Reading the code: ${formatPercent(reading)} can be found.`;
    return { text: `$(sync~spin) Semlens: indexing ${formatPercent(reading)}`, tooltip };
  }
  const rebuilding = busy.filter((folder) => folder.state === 'rebuilding');
  if (rebuilding.length > 0) {
    const done = formatPercent(Math.min(...rebuilding.map((folder) => folder.coverage.deep)));
    const tooltip = `Rebuilding the index, ${done} done. Search still works.`;
    return { text: `$(sync~spin) Semlens: rebuilding ${done}`, tooltip };
  }
  const tooltip = 'All of the code can be found. Semlens is looking for changed files.';
  return { text: '$(sync~spin) Semlens: checking', tooltip };
}

function tooltip(summary: string, status: Status): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = {
    enabledCommands: ['semlens.pause', 'semlens.resume', 'semlens.search', 'semlens.showStatus'],
  };
  text.appendMarkdown(`**Semlens**\n\n${escapeMarkdown(summary)}`);
  if (status.folders.length > 1) {
    for (const folder of status.folders) {
      const name = folderName(vscode.Uri.parse(folder.uri));
      text.appendMarkdown(`\n\n${escapeMarkdown(`${name}: ${folderSummary(folder)}`)}`);
    }
  }
  if (status.serverState.kind === 'running') {
    const pause = status.paused
      ? '[$(debug-continue) Resume indexing](command:semlens.resume)'
      : '[$(debug-pause) Pause indexing](command:semlens.pause)';
    text.appendMarkdown(`\n\n[$(search-sparkle) Search](command:semlens.search) · ${pause}`);
  }
  return text;
}
