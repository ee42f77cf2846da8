/** Use a model, as the first or the second: what it takes is measured on the open folders, and said first. */

import * as vscode from 'vscode';
import { estimateModelMessage, type InstalledModel, modelsMessage } from '../protocol';
import type { Server } from '../server/server';
import { formatAbout } from '../text/amounts';
import { counted, t } from '../text/words';
import { answers, chosenModel, formatBytes, isTransformer, type Role, secondModel } from './nodes';

interface Choice extends vscode.QuickPickItem {
  act: () => unknown;
}

/** *Choose Model* and *Choose Second Model*: a list of the models that are here. */
export async function chooseFromList(server: Server, role: Role): Promise<void> {
  const { models } = await server.request(modelsMessage, {});
  const now = role === 'secondModel' ? secondModel() : chosenModel('deep');
  const choices: Choice[] = models.filter(isTransformer).map((model) => ({
    label: model.name,
    description: model.setting === now ? t('in use') : '',
    detail: [
      model.window ? counted(model.window, 'reads {0} token at once', 'reads {0} tokens at once') : '',
      model.size ? formatBytes(model.size) : '',
    ]
      .filter(Boolean)
      .join(' · '),
    act: () => (model.setting === now ? undefined : useModel(server, model, role)),
  }));
  const folder = {
    label: t('A folder…'),
    iconPath: vscode.ThemeIcon.Folder,
    act: () => useFolder(server, role),
  };
  const none = { label: t('No second model'), act: () => choose('', role) };
  const picked = await vscode.window.showQuickPick(
    [...choices, folder, ...(role === 'secondModel' && now !== '' ? [none] : [])],
    {
      placeHolder:
        role === 'model' ? t('The model that reads your code') : t('A model that reads it in words'),
    },
  );
  await picked?.act();
}

/** Go back at once to a model that still answers; else say what it takes, and ask. */
export async function useModel(server: Server, model: InstalledModel, role: Role): Promise<void> {
  const { name, setting } = model;
  await (role !== 'secondModel' && answers(model)
    ? choose(setting ?? '', role)
    : use(server, name, setting ?? '', role));
}

export async function useFolder(server: Server, role: Role): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: t('Use Model'),
      title: t('The folder of a model that sentence-transformers has saved'),
    })) ?? [];
  if (folder !== undefined) {
    await use(server, folder.path.split('/').at(-1) ?? folder.fsPath, folder.fsPath, role);
  }
}

export async function choose(setting: string, role: Role): Promise<void> {
  const settings = vscode.workspace.getConfiguration('semlens');
  await settings.update(role, setting, vscode.ConfigurationTarget.Global);
}

async function use(server: Server, name: string, setting: string, role: Role): Promise<void> {
  if (role === 'rerankModel') {
    await choose(setting, role); // It takes nothing: it reads the next hits.
    return;
  }
  const detail =
    role === 'instantModel'
      ? t('The fast tier is made again in the background. The current model answers until then.')
      : await whatItTakes(server, name, setting, role);
  const question =
    role === 'secondModel' ? t('Use {0} as the second model?', name) : t('Use the model {0}?', name);
  const yes = t('Use');
  if (
    detail !== undefined &&
    (await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) === yes
  ) {
    await choose(setting, role);
  }
}

/** A model that was never at work here reads a sample now. Undefined if the user does not wait for it. */
function whatItTakes(
  server: Server,
  name: string,
  setting: string,
  role: Role,
): Thenable<string | undefined> {
  const second = role === 'secondModel';
  const trying = {
    location: vscode.ProgressLocation.Notification,
    title: t('Trying {0} on some of your code', name),
    cancellable: true,
  };
  return vscode.window.withProgress(trying, async (_, token) => {
    try {
      const found = await server.request(estimateModelMessage, { model: setting, second }, token);
      return said(found.unread, formatAbout(found.seconds), formatBytes(found.diskBytes), second);
    } catch (error) {
      if (token.isCancellationRequested) {
        return undefined;
      }
      throw error;
    }
  });
}

function said(unread: number, time: string, size: string, second: boolean): string {
  if (unread === 0) {
    return t('It has read all of this code before. It takes about {0}.', size);
  }
  return second
    ? counted(
        unread,
        'About {1} and {2} for {0} piece of code here. The first model goes on answering.',
        'About {1} and {2} for {0} pieces of code here. The first model goes on answering.',
        time,
        size,
      )
    : counted(
        unread,
        'About {1} and {2} for {0} piece of code here. The current model answers until then.',
        'About {1} and {2} for {0} pieces of code here. The current model answers until then.',
        time,
        size,
      );
}
