/** *Search at Team's Server*: questions about a folder go to the team's server, too, once the user has agreed. */

import * as vscode from 'vscode';
import { type TeamSearchResult, teamSearchMessage } from '../protocol';
import type { Server } from '../server/server';
import { folderName } from '../text/format';
import { t } from '../text/words';
import { agreesTo } from './consent';

interface Choice extends vscode.QuickPickItem {
  gives: boolean;
}

export async function searchAtTeam(server: Server): Promise<void> {
  const folder = await chosenFolder();
  if (folder === undefined) {
    return;
  }
  const uri = folder.uri.toString();
  const name = folderName(folder.uri);
  const now = await server.request(teamSearchMessage, { folder: uri });
  if (!now.inUse) {
    await offerToJoin(now);
  } else if (now.on) {
    const stop = t('Stop');
    const said = t('Questions about {0} go to {1}, too.', name, now.host);
    if ((await vscode.window.showInformationMessage(said, stop)) === stop) {
      await server.request(teamSearchMessage, { folder: uri, on: false });
      const stopped = t('Questions about {0} stay on this computer.', name);
      void vscode.window.showInformationMessage(stopped);
    }
  } else {
    const gives = await chosenGiving(now);
    const question = t('Search {0} at {1}, too?', name, now.host);
    const consent = gives === true ? now.consentOfGiving : now.consent;
    if (gives !== undefined && (await agreesTo(question, consent, t('Search There')))) {
      await server.request(teamSearchMessage, { folder: uri, on: true, gives });
      const said = t('Questions about {0} go to {1}, too.', name, now.host);
      void vscode.window.showInformationMessage(said);
    }
  }
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length < 2
    ? folders[0]
    : vscode.window.showWorkspaceFolderPick({ placeHolder: t("The folder to search at the team's server") });
}

/** Whether the folder's vectors are given, too; undefined if the user changes their mind. */
async function chosenGiving({ mayGive, host }: TeamSearchResult): Promise<boolean | undefined> {
  if (!mayGive) {
    return false;
  }
  const choices: Choice[] = [
    {
      label: t('Only ask'),
      detail: t('Others, such as continuous integration, give the server what it searches.'),
      gives: false,
    },
    {
      label: t("Ask, and give this folder's vectors"),
      detail: t('The team can search what you have indexed.'),
      gives: true,
    },
  ];
  const title = t("Search at the team's server {0}", host);
  return (await vscode.window.showQuickPick(choices, { title }))?.gives;
}

async function offerToJoin({ message }: TeamSearchResult): Promise<void> {
  const join = t('Join…');
  const said = message ?? t("You have joined no team: its server's address is a setting.");
  if ((await vscode.window.showWarningMessage(said, join)) === join) {
    await vscode.commands.executeCommand('semlens.joinTeam');
  }
}
