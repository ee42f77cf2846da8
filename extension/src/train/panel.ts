/** The page of a training: how far it is, how well it does, and what becomes of its model. */

import * as vscode from 'vscode';
import { trainingMessage, type TrainingStatus } from '../protocol';
import type { Server } from '../server/server';
import { t } from '../text/words';
import { html, pagesFolder } from '../view/html';
import type { Act, FromPage, ToPage } from './messages';

/** Between two looks at a training that runs. */
const APART_MS = 1_000;

export class TrainingPanel {
  private readonly panel: vscode.WebviewPanel;
  private waiting: NodeJS.Timeout | undefined;
  private shown: TrainingStatus | undefined;
  private closed = false;

  constructor(
    private readonly server: Server,
    extension: vscode.Uri,
    private readonly act: (act: Act, training: TrainingStatus) => Promise<void>,
  ) {
    const title = t('Train a Model');
    this.panel = vscode.window.createWebviewPanel('semlens.train', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pagesFolder(extension)],
    });
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.panel.webview.onDidReceiveMessage((message: FromPage) => void this.received(message));
    this.panel.onDidDispose(() => {
      this.closed = true;
      clearTimeout(this.waiting);
    });
    this.panel.webview.html = html(this.panel.webview, extension, 'train', title);
  }

  onDidDispose(done: () => void): void {
    this.panel.onDidDispose(done);
  }

  reveal(): void {
    this.panel.reveal();
    void this.look();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async received(message: FromPage): Promise<void> {
    if (message.kind === 'act' && this.shown !== undefined) {
      await this.act(message.act, this.shown);
    }
    await this.look();
  }

  /** Show the training as it is now, and look again while it runs. */
  private async look(): Promise<void> {
    clearTimeout(this.waiting);
    let runs = true;
    try {
      const training = await this.server.request(trainingMessage, {});
      this.shown = training;
      runs = training.state === 'running' || training.state === 'waiting';
      if (!this.closed) {
        const message: ToPage = { kind: 'show', training };
        void this.panel.webview.postMessage(message);
      }
    } catch {
      // The engine starts again by itself, and the training goes on with it.
    }
    if (runs && !this.closed) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => void this.look(), APART_MS);
    }
  }
}
