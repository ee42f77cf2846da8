/** Puts the parts together; each part is in a file of its own. */

import * as vscode from 'vscode';
import { pause, reindex, why } from './commands/indexing';
import { findSimilar, searchByMeaning } from './commands/search';
import { showStatus } from './commands/showStatus';
import { openActiveToSide } from './hitPick';
import { Server } from './server';
import { watchSetup } from './setup';
import { Status } from './status';
import { createStatusItem } from './statusItem';
import { sentence } from './words';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Semlens', { log: true });
  const started = new Server(log);
  server = started;
  const status = new Status(started);
  context.subscriptions.push(log, started, status, createStatusItem(status), watchSetup(started));

  const register = (name: string, run: (...parameters: never[]) => unknown): void => {
    context.subscriptions.push(
      vscode.commands.registerCommand(`semlens.${name}`, async (...parameters: never[]) => {
        try {
          await run(...parameters);
        } catch (error) {
          void vscode.window.showErrorMessage(sentence(error));
        }
      }),
    );
  };
  register('search', (text?: unknown) => {
    searchByMeaning(started, context.workspaceState, typeof text === 'string' ? text : undefined);
  });
  register('findSimilar', () => {
    findSimilar(started);
  });
  register('openToSide', openActiveToSide);
  register('reindex', () => reindex(started, status, false));
  register('reindexAll', () => reindex(started, status, true));
  register('pause', () => pause(started, true));
  register('resume', () => pause(started, false));
  register('why', (uri?: unknown) => why(started, uri instanceof vscode.Uri ? uri : undefined));
  register('showStatus', () => showStatus(status));
  register('showLog', () => {
    log.show();
  });
  register('restart', () => started.restart());

  void started.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
