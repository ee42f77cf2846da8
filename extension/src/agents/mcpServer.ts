/** Semlens as an MCP server, for editors whose agents take tools from nowhere else. */

import * as vscode from 'vscode';
import { findEnvironment, serverVariables } from '../server/environment';
import type { Server } from '../server/server';
import type { Places } from '../setup/parts';
import { registerServers, serverDefinition } from './api';

/** Provides a server for each folder of the workspace. Undefined in an editor that knows none. */
export function provideServer(
  server: Server,
  version: string,
  places: Places,
): vscode.Disposable | undefined {
  const changed = new vscode.EventEmitter<void>();
  const registered = registerServers('semlens.server', {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: () => definitions(version, places),
  });
  if (registered === undefined) {
    changed.dispose();
    return undefined;
  }
  const fire = (): void => {
    changed.fire();
  };
  const folders = vscode.workspace.onDidChangeWorkspaceFolders(fire);
  // A set-up makes the Python that runs the server, and an update makes another.
  let { startedWith } = server;
  const states = server.onDidChangeState(({ kind }) => {
    if (kind === 'running' && startedWith !== server.startedWith) {
      ({ startedWith } = server);
      fire();
    }
  });
  return vscode.Disposable.from(registered, folders, states, changed);
}

/** One server for all local folders, started in the first of them. */
async function definitions(version: string, places: Places): Promise<readonly unknown[]> {
  const environment = await findEnvironment(places);
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first] = folders;
  if (environment.kind === 'unprepared' || first === undefined) {
    return [];
  }
  const paths = folders.map(({ uri }) => uri.fsPath);
  const command = ['-I', '-X', 'utf8', '-m', 'semlens', 'mcp', ...paths];
  const definition = serverDefinition(
    'Semlens',
    [environment.interpreter, ...command],
    serverVariables(),
    version,
    first.uri,
  );
  return definition === undefined ? [] : [definition];
}
