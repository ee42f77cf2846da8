/** How the agents of this editor reach Semlens: by tools, or by a server, as the user chose; never by both. */

import * as vscode from 'vscode';
import type { Server } from '../server/server';
import type { Places } from '../setup/parts';
import { provideServer } from './mcpServer';
import { registerTools } from './tools';

const SETTING = 'semlens.agents';

type Way = 'tools' | 'server' | 'off';

/** Registers what the setting says, and again whenever it changes. */
export function serveAgents(server: Server, version: string, places: Places): vscode.Disposable {
  let registered = register(server, version, places);
  const watching = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SETTING)) {
      registered.dispose();
      registered = register(server, version, places);
    }
  });
  return vscode.Disposable.from(watching, {
    dispose: () => {
      registered.dispose();
    },
  });
}

function register(server: Server, version: string, places: Places): vscode.Disposable {
  const way = vscode.workspace.getConfiguration().get<Way>(SETTING, 'tools');
  if (way === 'tools') {
    return vscode.Disposable.from(...registerTools(server));
  }
  return (way === 'server' ? provideServer(server, version, places) : undefined) ?? vscode.Disposable.from();
}
