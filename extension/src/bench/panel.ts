/** The page of a measurement: a table and a plot. */

import * as vscode from 'vscode';
import { t } from '../text/words';
import { html, pagesFolder } from '../view/html';
import type { FromPage, Measurement, ToPage } from './messages';

export class BenchPanel {
  private readonly panel: vscode.WebviewPanel;
  private measurement: Measurement | undefined;

  /** @param use Called when the user chooses a model on the page. */
  constructor(extension: vscode.Uri, use: (model: string) => unknown) {
    const title = t('Models compared');
    this.panel = vscode.window.createWebviewPanel('semlens.bench', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pagesFolder(extension)],
    });
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.panel.webview.onDidReceiveMessage((message: FromPage) => {
      if (message.kind === 'use') {
        use(message.model);
      } else {
        this.post();
      }
    });
    this.panel.webview.html = html(this.panel.webview, extension, 'bench', title);
  }

  onDidDispose(done: () => void): void {
    this.panel.onDidDispose(done);
  }

  show(measurement: Measurement): void {
    this.measurement = measurement;
    this.panel.reveal();
    this.post();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private post(): void {
    if (this.measurement !== undefined) {
      const message: ToPage = { kind: 'show', measurement: this.measurement };
      void this.panel.webview.postMessage(message);
    }
  }
}
