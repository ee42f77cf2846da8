/** The item in the status bar: how far indexing is, how much is indexed, or what is wrong. */

import * as vscode from 'vscode';
import type { FolderStatus } from './protocol';
import type { Status } from './status';
import { count, folderName, percent } from './words';

interface Look {
  text: string;
  tooltip: string;
  warning?: boolean;
}

const STARTING: Look = { text: '$(sync~spin) Semlens', tooltip: 'Semlens is starting.' };

const UPDATE_AFTER_MS = 100;

export function createStatusItem(status: Status): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('semlens.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'Semlens';
  item.command = 'semlens.showStatus';
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    const look = lookOf(status);
    item.text = look.text;
    item.tooltip = tooltip(look.tooltip, status);
    item.backgroundColor = look.warning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.accessibilityInformation = { label: `Semlens: ${look.tooltip}` };
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

/** One folder's state in words, for lists and tooltips. */
export function folderLine(folder: FolderStatus): string {
  const { files, deep, instant } = folder.coverage;
  switch (folder.state) {
    case 'indexing':
      return instant < 1 ? `Reading the code, ${percent(instant)}` : 'Ready, looking for changes';
    case 'rebuilding':
      return `Rebuilding, ${percent(Math.min(instant, deep))}; search answers meanwhile`;
    case 'paused':
      return `Paused at ${percent(instant < 1 ? instant : deep)}`;
    case 'error':
      return folder.message ?? 'Something is wrong: the log may say what';
    case 'empty':
      return folder.message ?? 'No file indexed';
    case 'ready':
      return `Ready, ${count(folder.files || files, 'file')}`;
  }
}

function lookOf(status: Status): Look {
  const server = status.serverState;
  switch (server.kind) {
    case 'unprepared':
      return { text: '$(warning) Semlens: set-up needed', tooltip: server.sentence, warning: true };
    case 'restarting':
      return { text: '$(warning) Semlens: restarting', tooltip: server.sentence, warning: true };
    case 'stopped':
      return { text: '$(circle-slash) Semlens', tooltip: 'Semlens is stopped.' };
    case 'starting':
      return STARTING;
    case 'running':
      return lookOfFolders(status.folders);
  }
}

function lookOfFolders(folders: readonly FolderStatus[]): Look {
  if (folders.length === 0 && vscode.workspace.workspaceFolders !== undefined) {
    return STARTING;
  }
  if (folders.length === 0) {
    return { text: '$(search-sparkle) Semlens', tooltip: 'Open a folder to search it by meaning.' };
  }
  const broken = folders.find((folder) => folder.state === 'error');
  if (broken !== undefined) {
    return { text: '$(warning) Semlens: problem', tooltip: folderLine(broken), warning: true };
  }
  const busy = folders.filter((folder) => folder.state === 'indexing' || folder.state === 'rebuilding');
  if (busy.length > 0) {
    return busyLook(busy);
  }
  if (folders.some((folder) => folder.state === 'paused')) {
    return { text: '$(debug-pause) Semlens: paused', tooltip: 'Indexing is paused.' };
  }
  const notices = folders.flatMap(({ message }) => message ?? []);
  const files = folders.reduce((sum, folder) => sum + folder.files, 0);
  return files === 0
    ? { text: '$(search-sparkle) Semlens: nothing indexed', tooltip: folders.map(folderLine).join(' ') }
    : {
        text: '$(search-sparkle) Semlens',
        tooltip: [`Ready: all of the code in ${count(files, 'file')} can be found.`, ...notices].join(' '),
      };
}

/** The least advanced folder says how far it is. */
function busyLook(busy: readonly FolderStatus[]): Look {
  const reading = Math.min(...busy.map((folder) => folder.coverage.instant));
  if (reading < 1) {
    const tooltip = `Reading the code: ${percent(reading)} can be found.`;
    return { text: `$(sync~spin) Semlens: indexing ${percent(reading)}`, tooltip };
  }
  const rebuilding = busy.filter((folder) => folder.state === 'rebuilding');
  if (rebuilding.length > 0) {
    const done = percent(Math.min(...rebuilding.map((folder) => folder.coverage.deep)));
    const tooltip = `The index is being rebuilt, ${done} done; search answers meanwhile.`;
    return { text: `$(sync~spin) Semlens: rebuilding ${done}`, tooltip };
  }
  const tooltip = 'All of the code can be found. Semlens looks for files that have changed.';
  return { text: '$(sync~spin) Semlens: checking', tooltip };
}

function tooltip(said: string, status: Status): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = {
    enabledCommands: ['semlens.pause', 'semlens.resume', 'semlens.search', 'semlens.showStatus'],
  };
  text.appendMarkdown('**Semlens**\n\n').appendText(said);
  if (status.folders.length > 1) {
    for (const folder of status.folders) {
      text
        .appendMarkdown('\n\n')
        .appendText(`${folderName(vscode.Uri.parse(folder.uri))}: ${folderLine(folder)}`);
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
