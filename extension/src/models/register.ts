/** *Show Models*: see models, use another one, check its files, and remove what none needs any more. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { type InstalledModel, removeModelMessage, verifyModelMessage } from '../protocol';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { t } from '../text/words';
import { formatBytes, type Node, settingOf } from './nodes';
import { choose, chooseFromList, useFolder, useModel } from './use';
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
    on((model) => model.tier !== 'image' && useModel(server, model, settingOf(model.tier))),
  );
  register(
    'models.useSecond',
    on((model) => useModel(server, model, 'secondModel')),
  );
  register('models.leaveSecond', () => choose('', 'secondModel'));
  register('models.useFolder', () => useFolder(server, 'model'));
  register('chooseModel', () => chooseFromList(server, 'model'));
  register('chooseSecondModel', () => chooseFromList(server, 'secondModel'));
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

async function remove(server: Server, model: InstalledModel): Promise<void> {
  const { name, fingerprint, removableBytes, trained } = model;
  const yes = t('Remove');
  const question = t('Remove what was made with {0}, about {1}?', name, formatBytes(removableBytes));
  const detail = trained
    ? t('The model was trained here: its own files go, too. Your code stays.')
    : t('The files of the model stay, and so does your code. Used again, the model reads it anew.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes) {
    const { freedBytes } = await server.request(removeModelMessage, { fingerprint });
    void vscode.window.showInformationMessage(t('{0} were freed.', formatBytes(freedBytes)));
  }
}
