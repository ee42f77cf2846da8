/** The status bar item: the progress of indexing, the number of indexed files, or a problem. */

import * as vscode from 'vscode';
import type { FolderStatus } from '../protocol';
import { formatFiles, formatPercent } from '../text/amounts';
import { escapeMarkdown, folderName } from '../text/format';
import { type Said, together } from './sayings';
import type { Status } from './status';
import { t } from '../text/words';

interface Appearance {
  text: string;
  tooltip: string;
  warning?: boolean;
}

const STARTING: Appearance = { text: '$(sync~spin) Semlens', tooltip: t('Semlens is starting.') };

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

/** Whether the user has Semlens switched off in a folder: it is left alone, and nothing is wrong. */
export function isOff(folder: FolderStatus): boolean {
  const settings = vscode.workspace.getConfiguration('semlens', vscode.Uri.parse(folder.uri));
  return folder.state === 'empty' && settings.get('enabled') === false;
}

/** One folder's state as a sentence, for lists and tooltips. */
export function folderSummary(folder: FolderStatus): string {
  const { files, instant } = folder.coverage;
  const deep = isDeepTierOff(folder) ? instant : folder.coverage.deep;
  switch (folder.state) {
    case 'indexing':
      return instant < 1
        ? t('Reading the code, {0}', formatPercent(instant))
        : t('Ready, looking for changes');
    case 'rebuilding':
      return t('Rebuilding, {0}; search still works', formatPercent(Math.min(instant, deep)));
    case 'paused':
      return t('Paused at {0}', formatPercent(Math.min(instant, deep)));
    case 'error':
      return folder.message ?? t('Something went wrong. See the log.');
    case 'empty':
      return folder.message ?? t('No file indexed');
    case 'forgotten':
      return t('Left out, its index was deleted');
    case 'ready':
      return t('Ready, {0}', formatFiles(folder.files || files));
  }
}

function appearanceOf(status: Status): Appearance {
  const server = status.serverState;
  switch (server.kind) {
    case 'unprepared':
      return {
        text: `$(warning) ${server.canSetUp ? t('Semlens: set-up needed') : t('Semlens: problem')}`,
        tooltip: server.message,
        warning: true,
      };
    case 'settingUp':
      return { text: `$(sync~spin) ${t('Semlens: setting up')}`, tooltip: `${server.message}.` };
    case 'restarting':
      return { text: `$(warning) ${t('Semlens: restarting')}`, tooltip: server.message, warning: true };
    case 'stopped':
      return { text: '$(circle-slash) Semlens', tooltip: t('Semlens is stopped.') };
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
    return { text: '$(search-sparkle) Semlens', tooltip: t('Open a folder to search it by meaning.') };
  }
  if (folders.some((folder) => folder.state === 'error')) {
    const problems = together(
      folders.map((folder) => said(folder, folder.state === 'error' ? folderSummary(folder) : '')),
    );
    return { text: `$(warning) ${t('Semlens: problem')}`, tooltip: problems.join('\n\n'), warning: true };
  }
  const busy = folders.filter((folder) => folder.state === 'indexing' || folder.state === 'rebuilding');
  if (busy.length > 0) {
    return busyAppearance(busy);
  }
  if (folders.some((folder) => folder.state === 'paused')) {
    return { text: `$(debug-pause) ${t('Semlens: paused')}`, tooltip: t('Indexing is paused.') };
  }
  if (folders.every((folder) => folder.state === 'forgotten')) {
    const tooltip = t('Left out, as the index was deleted. Reindex the workspace to have it back.');
    return { text: `$(circle-slash) ${t('Semlens: left out')}`, tooltip };
  }
  if (folders.every(isOff)) {
    const tooltip = t('Switched off by the setting semlens.enabled.');
    return { text: `$(circle-slash) ${t('Semlens: switched off')}`, tooltip };
  }
  const notices = together(
    folders.map((folder) => said(folder, folder.state === 'forgotten' ? undefined : folder.message)),
  ).map((one) => `\n\n${one}`);
  const files = folders.reduce((sum, folder) => sum + folder.files, 0);
  return files === 0
    ? {
        text: `$(search-sparkle) ${t('Semlens: nothing indexed')}`,
        tooltip: together(folders.map((folder) => said(folder, folderSummary(folder)))).join('\n\n'),
      }
    : {
        text: '$(search-sparkle) Semlens',
        tooltip: t('Ready: all of the code in {0} can be found.', formatFiles(files)) + notices.join(''),
      };
}

function said(folder: FolderStatus, sentence: string | null | undefined): Said {
  return { folder: folderName(vscode.Uri.parse(folder.uri)), sentence };
}

/** The folder with the least progress decides. */
function busyAppearance(busy: readonly FolderStatus[]): Appearance {
  const reading = Math.min(...busy.map((folder) => folder.coverage.instant));
  if (reading < 1) {
    const tooltip = t('Reading the code: {0} can be found.', formatPercent(reading));
    return { text: `$(sync~spin) ${t('Semlens: indexing {0}', formatPercent(reading))}`, tooltip };
  }
  const rebuilding = busy.filter((folder) => folder.state === 'rebuilding');
  if (rebuilding.length > 0) {
    const done = formatPercent(Math.min(...rebuilding.map((folder) => folder.coverage.deep)));
    const tooltip = t('Rebuilding the index, {0} done. Search still works.', done);
    return { text: `$(sync~spin) ${t('Semlens: rebuilding {0}', done)}`, tooltip };
  }
  const tooltip = t('All of the code can be found. Semlens is looking for changed files.');
  return { text: `$(sync~spin) ${t('Semlens: checking')}`, tooltip };
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
      ? `[$(debug-continue) ${t('Resume indexing')}](command:semlens.resume)`
      : `[$(debug-pause) ${t('Pause indexing')}](command:semlens.pause)`;
    text.appendMarkdown(`\n\n[$(search-sparkle) ${t('Search')}](command:semlens.search) · ${pause}`);
  }
  return text;
}
