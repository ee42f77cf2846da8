/** Says why the Python of the setting semlens.interpreter cannot run Semlens, and lets the user choose another. */

import * as vscode from 'vscode';
import { openSettings } from '../commands/openSettings';
import { errorSentence } from '../text/format';
import type { Server } from './server';
import { t } from '../text/words';

const CHOOSE = t('Choose Python…');
const SETTINGS = t('Open Settings');

/** Reports each problem of the Python once, but for one that the set-up mends. */
export class InterpreterWatch implements vscode.Disposable {
  private reported: string | undefined;
  private readonly listening: vscode.Disposable;

  constructor(server: Server) {
    this.listening = server.onDidChangeState((state) => {
      if (state.kind === 'running') {
        this.reported = undefined;
      } else if (state.kind === 'unprepared' && !state.canSetUp && state.message !== this.reported) {
        this.reported = state.message;
        void offerHelp(state.message);
      }
    });
  }

  /** Report the next problem though it was reported before. */
  reportAgain(): void {
    this.reported = undefined;
  }

  dispose(): void {
    this.listening.dispose();
  }
}

/** Lets the user choose a Python, and writes the setting. */
export async function chooseInterpreter(): Promise<void> {
  const [file] =
    (await vscode.window.showOpenDialog({ title: t('Python 3.10 to 3.13'), openLabel: t('Choose') })) ?? [];
  if (file === undefined) {
    return;
  }
  try {
    const settings = vscode.workspace.getConfiguration('semlens');
    await settings.update('interpreter', file.fsPath, vscode.ConfigurationTarget.Global);
  } catch (error) {
    void vscode.window.showErrorMessage(errorSentence(error));
  }
}

async function offerHelp(message: string): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, CHOOSE, SETTINGS);
  if (chosen === SETTINGS) {
    await openSettings('semlens.interpreter');
  } else if (chosen === CHOOSE) {
    await chooseInterpreter();
  }
}
