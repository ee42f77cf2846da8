/** *Train a Model on My Code*: what to train on what, and what becomes of the model. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { type Role, settingOf } from '../models/nodes';
import { choose } from '../models/use';
import {
  actOnTrainingMessage,
  startTrainingMessage,
  type StartTrainingParams,
  trainingMessage,
  type TrainingStatus,
} from '../protocol';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { t } from '../text/words';
import type { Act } from './messages';
import { TrainingPanel } from './panel';

const MINUTES = [10, 30, 60] as const;

export function registerTraining(
  register: Register,
  server: Server,
  { extensionUri }: vscode.ExtensionContext,
): vscode.Disposable {
  let panel: TrainingPanel | undefined;
  register('trainModel', async () => {
    const { state } = await server.request(trainingMessage, {});
    if (state === 'none' || state === 'failed') {
      const plan = await planned();
      if (plan === undefined) {
        return;
      }
      await server.request(startTrainingMessage, plan);
    }
    if (panel === undefined) {
      panel = new TrainingPanel(server, extensionUri, async (act, training) => {
        try {
          await does(server, act, training);
        } catch (error) {
          void vscode.window.showErrorMessage(errorSentence(error));
        }
      });
      panel.onDidDispose(() => {
        panel = undefined;
      });
    }
    panel.reveal();
  });
  return new vscode.Disposable(() => panel?.dispose());
}

/** What to train; undefined if the user leaves a list. */
async function planned(): Promise<StartTrainingParams | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new Error(t('Open a folder: a model is trained on its code.'));
  }
  const folder =
    folders.length === 1
      ? folders[0]
      : await vscode.window.showWorkspaceFolderPick({ placeHolder: t('The folder to train on') });
  const kind = folder && (await chosenKind());
  const minutes = kind === 'deep' ? await chosenMinutes() : MINUTES[0];
  return folder && kind && minutes !== undefined
    ? { folder: folder.uri.toString(), kind, minutes }
    : undefined;
}

async function chosenKind(): Promise<StartTrainingParams['kind'] | undefined> {
  const items: (vscode.QuickPickItem & { tier: StartTrainingParams['kind'] })[] = [
    {
      label: t('Fast model'),
      detail: t('Finds code while it is being indexed. Takes about a minute.'),
      tier: 'instant',
    },
    {
      label: t('Transformer'),
      detail: t('Improves the results. Takes minutes to an hour in the background.'),
      tier: 'deep',
    },
  ];
  const title = t('Which model is to learn from your code?');
  return (await vscode.window.showQuickPick(items, { title }))?.tier;
}

async function chosenMinutes(): Promise<number | undefined> {
  const items = MINUTES.map((minutes) => ({ label: t('{0} minutes', minutes), minutes }));
  const title = t('How long may it learn at most?');
  return (await vscode.window.showQuickPick(items, { title }))?.minutes;
}

async function does(server: Server, act: Act, training: TrainingStatus): Promise<void> {
  if (act === 'keep') {
    await keep(server, training);
  } else if (act !== 'discard' || (await agreesToDiscard(training))) {
    await server.request(actOnTrainingMessage, { act });
  }
}

/** Keep the model, after a question if its gain may be chance, and offer to use it. */
async function keep(server: Server, { kind, name, outcome }: TrainingStatus): Promise<void> {
  if (outcome?.better !== true) {
    const yes = t('Keep Anyway');
    const question = t('The gain of {0} may be chance. Keep it anyway?', name);
    if ((await vscode.window.showWarningMessage(question, { modal: true }, yes)) !== yes) {
      return;
    }
  }
  const { message } = await server.request(actOnTrainingMessage, { act: 'keep', anyway: true });
  if (message) {
    void offerToUse(name, message, settingOf(kind)); // the page shows meanwhile that it is kept
  }
}

async function offerToUse(name: string, setting: string, role: Role): Promise<void> {
  const use = t('Use It');
  const kept = t('{0} is kept, and is in the list of models.', name);
  if ((await vscode.window.showInformationMessage(kept, use)) === use) {
    await choose(setting, role);
  }
}

/** Hours of learning do not go by a slip of the hand; a model that is not better goes at once. */
async function agreesToDiscard({ state, name, outcome }: TrainingStatus): Promise<boolean> {
  if (state === 'failed' || (outcome && !outcome.better)) {
    return true;
  }
  const yes = t('Discard');
  const question = t('Discard the training of {0}?', name);
  const detail = t('What it has learned so far is deleted.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
