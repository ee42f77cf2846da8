/** *Forget Folder*: delete the index of a folder, open here or not, still there or not. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from '../models/nodes';
import { forgetMessage, type KeptFolder, keptFoldersMessage } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence, escapeIcons, folderName } from '../text/format';
import { icon } from '../text/icon';
import { counted, date, t } from '../text/words';

/** The most folders that the question names. */
const MOST_NAMED = 10;

interface Entry extends vscode.QuickPickItem {
  /** What choosing the entry forgets. */
  folders?: readonly KeptFolder[];
}

/** Asks which folder is meant, says what goes with it, and has it forgotten. */
export async function forgetFolder(server: Server): Promise<void> {
  const chosen = await choose(server);
  if (chosen === undefined || !(await agreed(chosen))) {
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title: t('Deleting the index') };
  const { freedBytes, problems } = await vscode.window.withProgress(options, () =>
    server.request(forgetMessage, { places: chosen.map(({ place }) => place) }),
  );
  if (problems.length > 0) {
    void vscode.window.showErrorMessage(problems.join(' '));
    return;
  }
  const freed = t('{0} were freed.', formatBytes(freedBytes));
  if (!chosen.some(isHere)) {
    void vscode.window.showInformationMessage(freed);
    return;
  }
  const reindex = t('Reindex');
  const said = t(
    '{0} Semlens leaves the folder out until you reindex the workspace or open it again.',
    freed,
  );
  if ((await vscode.window.showInformationMessage(said, reindex)) === reindex) {
    await vscode.commands.executeCommand('semlens.reindex');
  }
}

/** The folders that the user chooses from the list; undefined for none. */
async function choose(server: Server): Promise<readonly KeptFolder[] | undefined> {
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = t('Forget a folder');
  pick.placeholder = t('Choose the folder whose index is deleted; the files of the folder stay');
  pick.matchOnDescription = true;
  pick.busy = true;
  const chosen = new Promise<readonly KeptFolder[] | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [entry] = pick.activeItems;
      if (entry?.folders !== undefined) {
        resolve(entry.folders);
        pick.hide();
      }
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
  });
  pick.show();
  try {
    await server.untilRunning();
    pick.items = entries((await server.request(keptFoldersMessage, {})).folders);
  } catch (error) {
    const detail = errorSentence(error);
    pick.items = [{ label: t('No answer'), ...icon('warning'), detail, alwaysShow: true }];
  }
  pick.busy = false;
  return chosen;
}

function entries(folders: readonly KeptFolder[]): Entry[] {
  const gone = folders.filter(({ presence }) => presence === 'gone');
  const all: Entry[] =
    gone.length < 2
      ? []
      : [
          {
            label: t('All {0} that are no longer there', gone.length),
            ...icon('trash'),
            detail: formatBytes(sizeOf(gone)),
            folders: gone,
          },
        ];
  const found = [
    ...section(t('In this window'), folders.filter(isHere).map(entryOf)),
    ...section(
      t('Other folders'),
      folders.filter((one) => !isHere(one) && one.presence !== 'gone').map(entryOf),
    ),
    ...section(t('No longer there'), [...all, ...gone.filter((one) => !isHere(one)).map(entryOf)]),
  ];
  return found.length > 0
    ? found
    : [{ label: t('No folder has an index'), ...icon('circle-outline'), alwaysShow: true }];
}

function section(label: string, items: Entry[]): Entry[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function entryOf(one: KeptFolder): Entry {
  return {
    label: escapeIcons(nameOf(one)),
    ...icon(one.presence === 'there' ? 'folder' : 'circle-slash'),
    description: escapeIcons(one.folder),
    detail: factsOf(one),
    folders: [one],
  };
}

/** What an index holds and takes, when it was used, and whether its folder is not there. */
function factsOf({ chunks, diskBytes, lastUsed, presence, folder }: KeptFolder): string {
  const held =
    chunks === null ? t('unfinished or damaged') : counted(chunks, '{0} piece of code', '{0} pieces of code');
  return [
    held,
    formatBytes(diskBytes),
    ...(lastUsed > 0 ? [t('last used {0}', date(new Date(lastUsed * 1000)))] : []),
    ...(presence === 'gone' && folder !== '' ? [t('no longer there')] : []),
    ...(presence === 'away' ? [t('not there: its drive may not be connected')] : []),
  ].join(' · ');
}

async function agreed(folders: readonly KeptFolder[]): Promise<boolean> {
  const [first] = folders;
  const question =
    folders.length === 1 && first !== undefined
      ? t('Delete the index of {0}?', nameOf(first))
      : t('Delete the indexes of {0} folders?', folders.length);
  const detail = [...what(folders), '', ...consequences(folders)].join('\n');
  const yes = t('Delete Index');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

/** The lines that say what is deleted. */
function what(folders: readonly KeptFolder[]): string[] {
  const [first] = folders;
  if (folders.length === 1 && first !== undefined) {
    return [first.folder, factsOf(first)];
  }
  const named = folders.slice(0, MOST_NAMED).map((one) => one.folder || nameOf(one));
  const more = folders.length - named.length;
  return [...named, ...(more > 0 ? [t('and {0} more', more)] : []), formatBytes(sizeOf(folders))];
}

/** The sentences that say what stays, and what comes of it. */
function consequences(folders: readonly KeptFolder[]): string[] {
  return [
    folders.every(({ presence }) => presence === 'gone')
      ? t('Your settings stay, and so does what other folders share.')
      : t('The files of the folder stay, and so do your settings and what other folders share.'),
    ...(folders.some(isHere)
      ? [t('Semlens leaves the folder out until you reindex the workspace or open it again.')]
      : []),
    ...(folders.some(isElsewhere) ? [t('Another window that has it open leaves it out, too.')] : []),
    ...(folders.some(({ chosen }) => chosen)
      ? [t('The choice of a model or of images that was made for it in a terminal goes, too.')]
      : []),
  ];
}

/** Whether this window has the folder open. */
function isHere({ uri }: KeptFolder): boolean {
  return typeof uri === 'string';
}

/** Whether another window has it open. */
function isElsewhere({ uri, followers }: KeptFolder): boolean {
  const editors = followers.filter((name) => name === 'language server').length;
  return editors > (typeof uri === 'string' ? 1 : 0);
}

function nameOf({ folder, uri }: KeptFolder): string {
  if (typeof uri === 'string') {
    return folderName(vscode.Uri.parse(uri));
  }
  return folder === '' ? t('A folder whose path is lost') : path.basename(folder) || folder;
}

function sizeOf(folders: readonly KeptFolder[]): number {
  return folders.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
}
