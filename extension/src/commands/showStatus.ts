/** *Show Status*: what is indexed, what runs, and what can be done, in one list. */

import * as vscode from 'vscode';
import type { FolderStatus, ModelStatus, StatusResult } from '../protocol';
import type { Status } from '../status';
import { folderLine } from '../statusItem';
import { count, folderName, megabytes, percent } from '../words';

interface Entry extends vscode.QuickPickItem {
  run?: string;
  argument?: unknown;
}

const STATE_ICONS: Readonly<Record<FolderStatus['state'], string>> = {
  empty: 'circle-outline',
  indexing: 'sync',
  ready: 'pass',
  rebuilding: 'sync',
  paused: 'debug-pause',
  error: 'warning',
};

const MODEL_STATES: Readonly<Record<ModelStatus['state'], string>> = {
  loaded: 'ready',
  idle: 'resting until it is needed',
  loading: 'getting ready',
  off: 'switched off',
  error: 'not working',
};

const PURPOSES: Readonly<Record<ModelStatus['tier'], string>> = {
  instant: 'Model for fast search',
  deep: 'Model for best quality',
  rerank: 'Model for the order of the first hits',
};

export async function showStatus(status: Status): Promise<void> {
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = 'Semlens status';
  pick.placeholder = 'Choose what to do';
  pick.busy = true;
  let latest: StatusResult | undefined = undefined;
  const draw = (): void => {
    const [active] = pick.activeItems;
    pick.keepScrollPosition = true;
    pick.items = entries(status, latest);
    pick.activeItems = pick.items.filter((item) => item.label === active?.label);
  };
  draw();
  const changes = status.onDidChange(draw);
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    if (chosen?.run !== undefined) {
      pick.hide();
      void vscode.commands.executeCommand(chosen.run, chosen.argument);
    }
  });
  pick.onDidHide(() => {
    changes.dispose();
    pick.dispose();
  });
  pick.show();
  latest = await status.refresh();
  pick.busy = false;
  draw();
}

function entries(status: Status, result: StatusResult | undefined): Entry[] {
  return [
    ...problem(status),
    ...section('Folders', status.folders.map(folderEntry)),
    ...section('Actions', actions(status)),
    ...section('Running', result === undefined ? [] : processes(result)),
  ];
}

/** Choosing a problem leads to where it is mended. */
function problem({ serverState }: Status): Entry[] {
  if (!('sentence' in serverState)) {
    return [];
  }
  const place =
    serverState.kind === 'unprepared'
      ? { run: 'workbench.action.openSettings', argument: 'semlens.interpreter' }
      : { run: 'semlens.showLog' };
  return [{ label: '$(warning) Problem', detail: serverState.sentence, ...place }];
}

function section(label: string, items: Entry[]): Entry[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function folderEntry(folder: FolderStatus): Entry {
  const counted = [count(folder.chunks, 'piece of code', 'pieces of code')];
  if (folder.skipped > 0) {
    counted.push(`${count(folder.skipped, 'file')} left out`);
  }
  const label = `$(${STATE_ICONS[folder.state]}) ${folderName(vscode.Uri.parse(folder.uri))}`;
  if (folder.state === 'error') {
    return { label, description: 'Problem', detail: folderLine(folder) };
  }
  return {
    label,
    description: folderLine(folder),
    detail: folder.files === 0 ? '' : `${counted.join(', ')}. ${reach(folder)}`,
  };
}

/** How well the folder can be searched by now, or what is to be known about that. */
function reach({ coverage, message, state }: FolderStatus): string {
  if (state === 'ready' && message) {
    return message;
  }
  if (coverage.instant < 1) {
    return `${percent(coverage.instant)} can be found by meaning.`;
  }
  return coverage.deep < 1
    ? `All can be found, ${percent(coverage.deep)} at best quality.`
    : 'Search is at its best.';
}

function actions(status: Status): Entry[] {
  const always: Entry[] = [
    { label: '$(output) Show log', run: 'semlens.showLog' },
    {
      label: '$(gear) Open settings',
      run: 'workbench.action.openSettings',
      argument: '@ext:semlens.semlens',
    },
  ];
  if (status.serverState.kind !== 'running') {
    return [{ label: '$(debug-restart) Try again now', run: 'semlens.restart' }, ...always];
  }
  return [
    { label: '$(search-sparkle) Search by meaning', run: 'semlens.search' },
    status.paused
      ? { label: '$(debug-continue) Resume indexing', run: 'semlens.resume' }
      : { label: '$(debug-pause) Pause indexing', run: 'semlens.pause' },
    { label: '$(refresh) Reindex workspace', run: 'semlens.reindex' },
    ...always,
  ];
}

function processes({ engine, models }: StatusResult): Entry[] {
  const entry: Entry = engine
    ? {
        label: '$(server-process) Index service',
        description: `version ${engine.version}, ${megabytes(engine.memoryBytes)} of memory, process ${engine.pid}`,
      }
    : { label: '$(server-process) Index service', description: 'not running; it starts when it is needed' };
  return [entry, ...models.map(modelEntry)];
}

function modelEntry(model: ModelStatus): Entry {
  const purpose = PURPOSES[model.tier];
  const state = model.message ? `${MODEL_STATES[model.state]}: ${model.message}` : MODEL_STATES[model.state];
  return { label: `$(symbol-misc) ${purpose}`, description: `${model.name}, ${state}` };
}
