/** *Which Model Is Best for My Code?*: questions from the user's own code, and how well each model answers. */

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { benchMessage, type BenchResult, type InstalledModel, modelsMessage } from '../protocol';
import type { Server } from '../server/server';
import { formatPercent } from '../text/amounts';
import { t } from '../text/words';
import { chosenModel, isTransformer } from '../models/nodes';
import { useModel } from '../models/use';
import type { Measurement } from './messages';
import { BenchPanel } from './panel';

type Source = Measurement['source'];

interface Plan {
  folder: vscode.WorkspaceFolder;
  source: Source;
  models: string[];
}

export function registerBench(
  register: Register,
  server: Server,
  { extensionUri }: vscode.ExtensionContext,
): vscode.Disposable {
  let panel: BenchPanel | undefined;
  register('bestModel', async () => {
    const plan = await planned(server);
    const result = plan && (await measured(server, plan));
    if (plan === undefined || result === undefined) {
      return;
    }
    if (panel === undefined) {
      const made = new BenchPanel(extensionUri, (model) => use(server, model));
      panel = made;
      made.onDidDispose(() => {
        panel = undefined;
      });
    }
    void vscode.commands.executeCommand('semlens.models.refresh'); // it shows what was measured last
    panel.show({ folder: plan.folder.name, source: plan.source, result, inUse: await inUse(server) });
  });
  return new vscode.Disposable(() => panel?.dispose());
}

/** The name of the transformer that the settings choose. */
async function inUse(server: Server): Promise<string> {
  const setting = chosenModel('deep');
  const { models } = await server.request(modelsMessage, {});
  return models.find((model) => isTransformer(model) && model.setting === setting)?.name ?? setting;
}

/** Use a model of the page, after saying what that takes. */
async function use(server: Server, named: string): Promise<void> {
  const { models } = await server.request(modelsMessage, {});
  const model = models.find((one) => isTransformer(one) && [one.name, one.setting].includes(named));
  if (model === undefined) {
    throw new Error(t('The model {0} is not here any more.', named));
  }
  await useModel(server, model, 'model');
}

/** What to measure; undefined if the user leaves a list. */
async function planned(server: Server): Promise<Plan | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new Error(t('Open a folder: models are measured on its code.'));
  }
  const folder =
    folders.length === 1
      ? folders[0]
      : await vscode.window.showWorkspaceFolderPick({ placeHolder: t('The folder to measure on') });
  const source = folder && (await chosenSource());
  const models = source && (await chosenModels((await server.request(modelsMessage, {})).models));
  return models && { folder, source, models };
}

async function chosenSource(): Promise<Source | undefined> {
  const items: (vscode.QuickPickItem & { source: Source })[] = [
    {
      label: t('Docstrings'),
      detail: t('The first sentence of a docstring asks for its function, and is not searched itself.'),
      source: 'docstrings',
    },
    {
      label: t('Commits'),
      detail: t('The message of a commit asks for what it changed, in the code as it was before.'),
      source: 'history',
    },
  ];
  const title = t('Where do the questions come from?');
  return (await vscode.window.showQuickPick(items, { title }))?.source;
}

/** The other models to measure; the bundled one always is. Asks only if there are others. */
async function chosenModels(models: readonly InstalledModel[]): Promise<string[] | undefined> {
  const bundled = vscode.workspace.getConfiguration('semlens').inspect<string>('model')?.defaultValue;
  const items = models
    .filter(({ tier, installed, setting }) => tier === 'deep' && installed && setting && setting !== bundled)
    .map(({ name, setting }) => ({
      label: name,
      description: setting === name ? '' : (setting ?? ''),
      setting: setting ?? '',
      picked: true,
    }));
  if (items.length === 0) {
    return [];
  }
  const title = t('Which models, beside {0}?', bundled ?? '');
  const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true });
  return chosen?.map(({ setting }) => setting);
}

/** The figures; undefined if the user cancels. */
function measured(server: Server, { folder, source, models }: Plan): Thenable<BenchResult | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Measuring models on {0}', folder.name),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const workDoneToken = randomUUID();
    await server.untilRunning();
    const listening = server.onWorkDone(workDoneToken, (value) => {
      if (value.kind === 'report') {
        const share = formatPercent((value.percentage ?? 0) / 100);
        progress.report({ message: `${value.message ?? ''} (${share})` });
      }
    });
    try {
      const params = { folder: folder.uri.toString(), source, models, workDoneToken };
      return await server.request(benchMessage, params, token);
    } catch (error) {
      if (token.isCancellationRequested) {
        return undefined;
      }
      throw error;
    } finally {
      listening.dispose();
    }
  });
}
