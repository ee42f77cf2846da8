/** *Show Token Treemap*: the workspace as rectangles as large as their tokens, in a page. */

import * as vscode from 'vscode';
import { errorSentence } from '../text/format';
import { html, pagesFolder } from '../view/html';
import { type Costs, wholeTree } from './costs';
import type { FromPage, ToPage } from './messages';
import { t } from '../text/words';

export class Treemap implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly costs: Costs,
    private readonly extension: vscode.Uri,
  ) {
    this.listening = costs.onDidChange(() => void this.send());
  }

  show(): void {
    if (this.panel !== undefined) {
      this.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      'semlens.treemap',
      t('Token Treemap'),
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        localResourceRoots: [pagesFolder(this.extension)],
      },
    );
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.png');
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.webview.onDidReceiveMessage((message: FromPage) => void this.received(message));
    panel.webview.html = html(panel.webview, this.extension, 'treemap', t('Token Treemap'));
  }

  dispose(): void {
    this.listening.dispose();
    this.panel?.dispose();
  }

  private async received(message: FromPage): Promise<void> {
    if (message.kind === 'ready') {
      await this.send();
      return;
    }
    const uri = this.uriOf(message.path);
    if (uri !== undefined) {
      const viewColumn = message.toSide ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      await vscode.commands.executeCommand('vscode.open', uri, viewColumn);
    }
  }

  /** With several folders, the paths of the page begin with the folder's name. */
  private uriOf(path: string): vscode.Uri | undefined {
    const { known } = this.costs;
    const [first, ...others] = known;
    if (others.length === 0) {
      return first && vscode.Uri.joinPath(first.folder.uri, path);
    }
    const [name, ...rest] = path.split('/');
    const of = known.find(({ root }) => root.name === name);
    return of && vscode.Uri.joinPath(of.folder.uri, rest.join('/'));
  }

  private async send(): Promise<void> {
    if (this.panel === undefined) {
      return;
    }
    try {
      const costs = await this.costs.get();
      const root = wholeTree(costs);
      const complete = costs.every((cost) => cost.complete);
      this.post(
        root === undefined
          ? { kind: 'failed', message: t('Open a folder to see what its files cost in tokens.') }
          : {
              kind: 'show',
              root,
              tokenizer: costs[0]?.tokenizer ?? '',
              note: complete ? '' : t('The code is still being read.'),
            },
      );
    } catch (error) {
      this.post({ kind: 'failed', message: errorSentence(error) });
    }
  }

  private post(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }
}
