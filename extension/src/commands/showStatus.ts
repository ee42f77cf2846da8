/** *Show Status*: folders, actions and processes in one list. */

import * as vscode from 'vscode';
import { openSettings, OWN_SETTINGS } from './openSettings';
import type { FolderStatus, ModelStatus, StatusResult } from '../protocol';
import type { ServerState } from '../server/server';
import type { Status } from '../status/status';
import { folderSummary, isDeepTierOff, isOff } from '../status/statusItem';
import { formatMegabytes, formatPercent } from '../text/amounts';
import { escapeIcons, folderName } from '../text/format';
import { icon } from '../text/icon';
import { counted, t } from '../text/words';

interface Entry extends vscode.QuickPickItem {
  /** The command to run when the user chooses the entry. */
  command?: string;
  argument?: unknown;
  /** What to show in the settings when the user chooses the entry. */
  settings?: string;
  /** A sentence to show in full when the user chooses the entry. */
  notice?: string;
}

const STATE_ICONS: Readonly<Record<FolderStatus['state'], string>> = {
  empty: 'circle-outline',
  indexing: 'sync',
  ready: 'pass',
  rebuilding: 'sync',
  paused: 'debug-pause',
  error: 'warning',
  forgotten: 'circle-slash',
};

const MODEL_STATES: Readonly<Record<ModelStatus['state'], string>> = {
  loaded: t('ready'),
  idle: t('idle until it is needed'),
  loading: t('loading'),
  off: t('switched off'),
  error: t('not working'),
};

const ROLE_LABELS: Readonly<Record<NonNullable<ModelStatus['role']>, string>> = {
  second: t('Second model'),
  unused: t('Model that no open folder uses'),
};

const TIER_LABELS: Readonly<Record<ModelStatus['tier'], string>> = {
  instant: t('Model for fast search'),
  deep: t('Model for best quality'),
  rerank: t('Model for the order of the first hits'),
  image: t('Model that looks at images'),
};

export async function showStatus(status: Status): Promise<void> {
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = t('Semlens status');
  pick.placeholder = t('Choose what to do');
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
    if (chosen?.notice !== undefined) {
      pick.hide();
      void vscode.window.showInformationMessage(chosen.notice, t('OK')); // with a button all of it is shown
    } else if (chosen?.settings !== undefined) {
      pick.hide();
      void openSettings(chosen.settings);
    } else if (chosen?.command !== undefined) {
      pick.hide();
      void vscode.commands.executeCommand(chosen.command, chosen.argument);
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
    ...problems(status),
    ...section(t('Folders'), status.folders.flatMap(folderEntries)),
    ...section(t('Actions'), actions(status)),
    ...section(t('Running'), result === undefined ? [] : processEntries(result)),
  ];
}

/** The server's problem, if any; choosing it opens the setting or the log. */
function problems({ serverState }: Status): Entry[] {
  if (!('message' in serverState)) {
    return [];
  }
  if (serverState.kind === 'settingUp') {
    const detail = serverState.message;
    return [{ label: t('Setting up'), ...icon('sync~spin'), detail, command: 'semlens.showLog' }];
  }
  const action = problemAction(serverState);
  return [{ label: t('Problem'), ...icon('warning'), detail: serverState.message, ...action }];
}

function problemAction(state: ServerState): Pick<Entry, 'command' | 'settings'> {
  if (state.kind !== 'unprepared') {
    return { command: 'semlens.showLog' };
  }
  return state.canSetUp ? { command: 'semlens.setUp' } : { settings: 'semlens.interpreter' };
}

function section(label: string, items: Entry[]): Entry[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

/** The folder, and what is left out of it. */
function folderEntries(folder: FolderStatus): Entry[] {
  const uri = vscode.Uri.parse(folder.uri);
  const pieces = counted(folder.chunks, '{0} piece of code', '{0} pieces of code');
  const isBroken = folder.state === 'error';
  const detail = folder.files === 0 ? '' : `${pieces}. ${searchQuality(folder)}`;
  const entry: Entry = {
    label: escapeIcons(folderName(uri)),
    ...icon(isOff(folder) ? 'circle-slash' : STATE_ICONS[folder.state]),
    description: isBroken ? t('Problem') : folderSummary(folder),
    detail: isBroken ? folderSummary(folder) : detail,
    ...(folder.state === 'forgotten' && {
      detail: t('Enter reindexes the workspace'),
      command: 'semlens.reindex',
    }),
    ...(isOff(folder) && { detail: t('Enter opens the setting'), settings: 'semlens.enabled' }),
  };
  return [entry, ...noticeEntries(folder), ...leftOutEntries(folder)];
}

/** The server's note on a folder that works: too long for a second line, which says how far it is. */
function noticeEntries({ message, state, repeats }: FolderStatus): Entry[] {
  if (state !== 'ready' || !message || repeats) {
    return [];
  }
  return [{ label: t('Note'), ...icon('info'), detail: escapeIcons(message), notice: message }];
}

function leftOutEntries({ skipped, uri }: FolderStatus): Entry[] {
  if (skipped === 0) {
    return [];
  }
  const label = counted(skipped, '{0} file or folder left out', '{0} files and folders left out');
  const leftOut = { command: 'semlens.leftOut', argument: vscode.Uri.parse(uri) };
  return [{ label, ...icon('circle-slash'), description: t('Enter says which, and why'), ...leftOut }];
}

/** How well the folder can be searched now. */
function searchQuality(folder: FolderStatus): string {
  const { coverage } = folder;
  if (coverage.instant < 1) {
    return t('{0} can be found by meaning.', formatPercent(coverage.instant));
  }
  if (coverage.shared > 0 && (isDeepTierOff(folder) || coverage.deep < coverage.shared)) {
    return t("All can be found, {0} at best quality at the team's server.", formatPercent(coverage.shared));
  }
  if (isDeepTierOff(folder)) {
    return t('All can be found; best quality is switched off.');
  }
  if (coverage.deep < 1) {
    return t('All can be found, {0} at best quality.', formatPercent(coverage.deep));
  }
  const second = coverage.second ?? 1;
  return second < 1
    ? t('All can be found; the second model has read {0}.', formatPercent(second))
    : t('Search is at its best.');
}

function actions(status: Status): Entry[] {
  const always: Entry[] = [
    { label: t('Show log'), ...icon('output'), command: 'semlens.showLog' },
    {
      label: t('Open settings'),
      ...icon('gear'),
      settings: OWN_SETTINGS,
    },
  ];
  if (status.serverState.kind !== 'running') {
    return [...remedies(status.serverState), ...always];
  }
  return [
    { label: t('Search by meaning'), ...icon('search-sparkle'), command: 'semlens.search' },
    status.paused
      ? { label: t('Resume indexing'), ...icon('debug-continue'), command: 'semlens.resume' }
      : { label: t('Pause indexing'), ...icon('debug-pause'), command: 'semlens.pause' },
    { label: t('Code the model cannot see whole'), ...icon('list-ordered'), command: 'semlens.splitCode' },
    { label: t('Reindex workspace'), ...icon('refresh'), command: 'semlens.reindex' },
    { label: t('Forget a folder'), ...icon('trash'), command: 'semlens.forget' },
    ...always,
  ];
}

/** What makes the server run. */
function remedies(state: ServerState): Entry[] {
  if (state.kind === 'settingUp') {
    return [];
  }
  if (state.kind === 'unprepared' && state.canSetUp) {
    return [{ label: t('Set up'), ...icon('cloud-download'), command: 'semlens.setUp' }];
  }
  const again = { label: t('Try again now'), ...icon('debug-restart'), command: 'semlens.restart' };
  return state.kind === 'unprepared'
    ? [{ label: t('Choose Python…'), ...icon('folder-opened'), command: 'semlens.choosePython' }, again]
    : [again];
}

function processEntries({ engine, models, team }: StatusResult): Entry[] {
  const engineEntry: Entry = engine
    ? {
        label: t('Index service'),
        ...icon('server-process'),
        description: t(
          'version {0}, {1} of memory, process {2}',
          engine.version,
          formatMegabytes(engine.memoryBytes),
          engine.pid,
        ),
      }
    : {
        label: t('Index service'),
        ...icon('server-process'),
        description: t('not running; it starts when it is needed'),
      };
  return [engineEntry, ...models.filter(isWorthSaying).map(modelEntry), ...teamEntries(team)];
}

/** How much came from where; choosing the entry shows all of it. */
function teamEntries([first, ...rest]: string[]): Entry[] {
  if (first === undefined) {
    return [];
  }
  const notice = [first, ...rest].join(' ');
  return [{ label: t('Team'), ...icon('organization'), description: first, detail: rest.join(' '), notice }];
}

/** Whether a model is used, or takes memory although it is not. */
function isWorthSaying({ role, state }: ModelStatus): boolean {
  return role !== 'unused' || state === 'loaded' || state === 'loading';
}

function modelEntry(model: ModelStatus): Entry {
  const state = model.message ? `${MODEL_STATES[model.state]}: ${model.message}` : MODEL_STATES[model.state];
  return {
    label: model.role ? ROLE_LABELS[model.role] : TIER_LABELS[model.tier],
    description: `${model.name}, ${state}`,
    ...icon('symbol-misc'),
  };
}
