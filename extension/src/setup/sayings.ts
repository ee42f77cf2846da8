/** What is said before and after the set-up. */

import * as vscode from 'vscode';
import { figure, t } from '../text/words';
import { type Manifest, megabytes, type Stage } from './parts';
import { wantsFull } from './stages';

/** On the disk, as README.md has measured it on Linux, in gigabytes. */
const DISK: Readonly<Record<Stage, number>> = { base: 0.8, full: 1.1 };
/** About what is fetched on a machine for which it was not measured, in megabytes. */
const SOME: Readonly<Record<Stage, number>> = { base: 200, full: 300 };
const SET_UP = t('Set Up');
const SEARCH = t('Search by Meaning');

/** Asks whether to set Semlens up; says all that will be fetched, also later. */
export async function asksToSetUp(manifest: Manifest): Promise<boolean> {
  const question = wantsFull(manifest)
    ? t(
        'Semlens sets up its engine: {0}, about a minute; then PyTorch for other models, in the background: {1}. Together they take about {2} GB of the disk, in VS Code’s own storage. No administrator is needed.',
        sizeOf(manifest, 'base'),
        sizeOf(manifest, 'full'),
        figure(DISK.full, 1),
      )
    : t(
        'Semlens sets up its engine: {0}, about a minute. It takes about {1} GB of the disk, in VS Code’s own storage. No administrator is needed.',
        sizeOf(manifest, 'base'),
        figure(DISK.base, 1),
      );
  return (await vscode.window.showInformationMessage(question, SET_UP, t('Not Now'))) === SET_UP;
}

/** Says that Semlens is set up, and how to search. */
export async function sayReady(): Promise<void> {
  const keys = process.platform === 'darwin' ? t('Cmd+Shift+Alt+F') : t('Ctrl+Shift+Alt+F');
  const ready = t('Semlens is ready: press {0} to search your code by meaning.', keys);
  if ((await vscode.window.showInformationMessage(ready, SEARCH)) === SEARCH) {
    await vscode.commands.executeCommand('semlens.search');
  }
}

function sizeOf(manifest: Manifest, stage: Stage): string {
  const amount = megabytes(manifest, stage);
  return amount === undefined ? t('some {0} MB', SOME[stage]) : t('{0} MB', amount);
}
