/** The first run: if no Python has the server, one notification says what to do. */

import * as vscode from 'vscode';
import { errorSentence } from '../text/format';
import type { Server } from './server';

const CHOOSE = 'Choose Python…';
const SETTINGS = 'Open Settings';

/** Reports each problem once, and restarts the server when `semlens.interpreter` changes. */
export function watchSetup(server: Server): vscode.Disposable {
  let reported: string | undefined;
  const states = server.onDidChangeState((state) => {
    if (state.kind === 'running') {
      reported = undefined;
    } else if (state.kind === 'unprepared' && state.message !== reported) {
      reported = state.message;
      void offerHelp(state.message);
    }
  });
  const settings = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('semlens.interpreter')) {
      void server.restart();
    }
  });
  return vscode.Disposable.from(states, settings);
}

async function offerHelp(message: string): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, CHOOSE, SETTINGS);
  if (chosen === SETTINGS) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'semlens.interpreter');
  } else if (chosen === CHOOSE) {
    await chooseInterpreter();
  }
}

async function chooseInterpreter(): Promise<void> {
  const [file] =
    (await vscode.window.showOpenDialog({ title: 'Python with the semlens package', openLabel: 'Choose' })) ??
    [];
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
