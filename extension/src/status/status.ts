/** The state of the server and of each workspace folder, kept up to date by the server's notifications. */

import * as vscode from 'vscode';
import { type FolderStatus, statusChangedMessage, statusMessage, type StatusResult } from '../protocol';
import type { Server, ServerState } from '../server/server';
import { FolderStatuses } from './folderStatuses';

export class Status implements vscode.Disposable {
  private readonly statuses = new FolderStatuses();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    server.onNotification(statusChangedMessage, (folder) => {
      this.statuses.notify(folder);
      this.notify();
    });
    this.subscriptions = [
      server.onDidChangeState((state) => {
        if (state.kind === 'running') {
          void this.refresh();
        }
        this.notify();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
    ];
  }

  get serverState(): ServerState {
    return this.server.state;
  }

  /** None while the server cannot run: what was known of them says nothing then. */
  get folders(): FolderStatus[] {
    const { kind } = this.serverState;
    return kind === 'unprepared' || kind === 'settingUp' ? [] : this.statuses.folders;
  }

  get paused(): boolean {
    return this.folders.some((folder) => folder.state === 'paused');
  }

  /** Ask the server for its status. Undefined if it does not answer. */
  async refresh(): Promise<StatusResult | undefined> {
    const asked = this.statuses.ask();
    try {
      const result = await this.server.request(statusMessage, {});
      this.statuses.answer(asked, result.folders);
      this.notify();
      return result;
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private notify(): void {
    const { serverState } = this;
    const setUpWanted = serverState.kind === 'unprepared' && serverState.canSetUp;
    void vscode.commands.executeCommand('setContext', 'semlens.paused', this.paused);
    void vscode.commands.executeCommand('setContext', 'semlens.setUpWanted', setUpWanted);
    // A step of the walkthrough is done by this, however Semlens was set up.
    void vscode.commands.executeCommand('setContext', 'semlens.running', serverState.kind === 'running');
    this.changed.fire();
  }
}
