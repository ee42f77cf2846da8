/** *Open Playground*: what models, tokenizers and embeddings are, tried on the user's own code. */

import * as vscode from 'vscode';
import { openSettings } from '../commands/openSettings';
import type { Register } from '../commands/register';
import type { Server } from '../server/server';
import { t } from '../text/words';
import { type StepName, STEPS } from './messages';
import { PlaygroundPanel } from './panel';

export function registerPlayground(
  register: Register,
  server: Server,
  { extensionUri }: vscode.ExtensionContext,
): vscode.Disposable {
  let panel: PlaygroundPanel | undefined;

  const open = (step: unknown): void => {
    const editor = vscode.window.activeTextEditor;
    const folder =
      (editor && vscode.workspace.getWorkspaceFolder(editor.document.uri)) ??
      vscode.workspace.workspaceFolders?.[0];
    if (folder === undefined) {
      throw new Error(t('Open a folder: the playground works on its code.'));
    }
    if (panel === undefined) {
      const made = new PlaygroundPanel(server, extensionUri, folder);
      panel = made;
      made.onDidDispose(() => {
        panel = undefined;
      });
    }
    panel.show(isStep(step) ? step : undefined);
  };
  register('openPlayground', open);
  // A step of the walkthrough is done by its own command.
  for (const step of STEPS) {
    register(`openPlayground.${step}`, () => {
      open(step);
    });
  }
  register('openModelSetting', () => openSettings('semlens.model'));
  return new vscode.Disposable(() => panel?.dispose());
}

function isStep(step: unknown): step is StepName {
  return STEPS.includes(step as StepName);
}
