/** The first run: when no Python is prepared, one notification says what to do. */

import * as vscode from 'vscode';
import type { Server } from './server';
import { sentence } from './words';

const CHOOSE = 'Choose Python…';
const SETTINGS = 'Open Settings';

/** Tells each problem once, and starts the server as soon as the setting points to a Python. */
export function watchSetup(server: Server): vscode.Disposable {
  let told: string | undefined;
  const states = server.onDidChangeState((state) => {
    if (state.kind === 'running') {
      told = undefined;
    } else if (state.kind === 'unprepared' && state.sentence !== told) {
      told = state.sentence;
      void offerHelp(state.sentence);
    }
  });
  const settings = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('semlens.interpreter')) {
      void server.restart();
    }
  });
  return vscode.Disposable.from(states, settings);
}

async function offerHelp(said: string): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(said, CHOOSE, SETTINGS);
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
    void vscode.window.showErrorMessage(sentence(error));
  }
}
