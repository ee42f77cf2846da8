/** *Show Models*: see models, use another one, check its files, and remove what none needs any more. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { type InstalledModel, removeModelMessage, verifyModelMessage } from '../protocol';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { counted, t } from '../text/words';
import { answers, formatBytes, type Node } from './nodes';
import { ModelsView, VIEW } from './view';

export function registerModels(register: Register, server: Server, status: Status): vscode.Disposable {
  const view = new ModelsView(server, status);
  const on = (act: (model: InstalledModel) => unknown) => async (clicked?: Node) => {
    const model = view.chosen(clicked);
    await (model && act(model));
  };
  register('showModels', () => vscode.commands.executeCommand(`${VIEW}.focus`));
  register('models.refresh', () => {
    view.refresh();
  });
  register(
    'models.use',
    on((model) => {
      const { name, setting } = model;
      return answers(model) ? choose(setting ?? '') : use(name, setting ?? '', status);
    }),
  );
  register('models.useFolder', () => useFolder(status));
  register(
    'models.verify',
    on((model) => verify(server, model)),
  );
  register(
    'models.remove',
    on(async (model) => {
      await remove(server, model);
      view.refresh();
    }),
  );
  return vscode.Disposable.from(view);
}

/** Ask first, as all code is read again; what the model has read before is not. */
async function use(name: string, setting: string, status: Status): Promise<void> {
  const pieces = status.folders.reduce((sum, { chunks }) => sum + chunks, 0);
  const detail = counted(
    pieces,
    '{0} piece of code is read, unless the model knows it already. The current model answers until then.',
    '{0} pieces of code are read, unless the model knows them already. The current model answers until then.',
  );
  const yes = t('Use');
  const question = t('Use the model {0}?', name);
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) === yes) {
    await choose(setting);
  }
}

async function choose(setting: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('semlens');
  await settings.update('model', setting, vscode.ConfigurationTarget.Global);
}

async function useFolder(status: Status): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: t('Use Model'),
      title: t('The folder of a model that sentence-transformers has saved'),
    })) ?? [];
  if (folder !== undefined) {
    await use(folder.path.split('/').at(-1) ?? folder.fsPath, folder.fsPath, status);
  }
}

async function verify(server: Server, { name, fingerprint }: InstalledModel): Promise<void> {
  const check = { location: vscode.ProgressLocation.Window, title: t('Reading the files of {0}', name) };
  const { problem } = await vscode.window.withProgress(check, () =>
    server.request(verifyModelMessage, { fingerprint }),
  );
  if (problem) {
    void vscode.window.showWarningMessage(`${name}: ${problem}`);
  } else {
    void vscode.window.showInformationMessage(t('The files of {0} are what they were.', name));
  }
}

async function remove(server: Server, { name, fingerprint, removableBytes }: InstalledModel): Promise<void> {
  const yes = t('Remove');
  const question = t('Remove what was made with {0}, about {1}?', name, formatBytes(removableBytes));
  const detail = t(
    'The files of the model stay, and so does your code. Used again, the model reads it anew.',
  );
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes) {
    const { freedBytes } = await server.request(removeModelMessage, { fingerprint });
    void vscode.window.showInformationMessage(t('{0} were freed.', formatBytes(freedBytes)));
  }
}
