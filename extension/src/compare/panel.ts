/** The page of a comparison. The fast model answers first, the transformer when it has read everything. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { type CodePart, compareMessage, type ComparedText } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { html, pagesFolder } from '../view/html';
import type { FromPage, Side, TierName, ToPage } from './messages';
import { t } from '../text/words';

export class ComparePanel {
  private readonly panel: vscode.WebviewPanel;
  private readonly subscriptions: vscode.Disposable[] = [];
  private parts: Partial<Record<Side, CodePart>> = {};
  private texts: Partial<Record<Side, ComparedText>> = {};
  /** What a page that is made again, after it was hidden, has to show too. */
  private sent: ToPage[] = [];
  private asking: vscode.CancellationTokenSource | undefined;

  constructor(
    private readonly server: Server,
    extension: vscode.Uri,
  ) {
    this.panel = vscode.window.createWebviewPanel('semlens.compare', t('Compare'), vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pagesFolder(extension)],
    });
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.subscriptions.push(
      this.panel.webview.onDidReceiveMessage((message: FromPage) => {
        if (message.kind === 'ready') {
          this.sent.forEach((one) => void this.panel.webview.postMessage(one));
        } else {
          void this.open(message.side, message.start, message.end);
        }
      }),
    );
    this.panel.webview.html = html(this.panel.webview, extension, 'compare', t('Comparison'));
  }

  onDidDispose(done: () => void): void {
    this.subscriptions.push(this.panel.onDidDispose(done));
  }

  async show(one: CodePart, other: CodePart): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    this.parts = { one, other };
    this.texts = {};
    this.sent = [];
    this.panel.title = t('{0} and {1}', fileOf(one), fileOf(other));
    this.panel.reveal();
    this.send({ kind: 'begin', one: nameOf(one), other: nameOf(other) });
    await Promise.all((['instant', 'deep'] as const).map((tier) => this.ask(tier, one, other, asking.token)));
  }

  dispose(): void {
    this.asking?.cancel();
    for (const one of [...this.subscriptions, this.panel]) {
      one.dispose();
    }
  }

  private async ask(
    tier: TierName,
    one: CodePart,
    other: CodePart,
    token: vscode.CancellationToken,
  ): Promise<void> {
    try {
      const result = await this.server.request(compareMessage, { one, other, deep: tier === 'deep' }, token);
      if (!token.isCancellationRequested) {
        this.texts = { one: result.one, other: result.other };
        const names = {
          one: nameOf({ ...one, range: result.one.range }),
          other: nameOf({ ...other, range: result.other.range }),
        };
        this.send({ kind: 'answer', tier, result, ...names });
      }
    } catch (error) {
      if (!token.isCancellationRequested) {
        this.send({ kind: 'problem', tier, text: errorSentence(error) });
      }
    }
  }

  private send(message: ToPage): void {
    this.sent.push(message);
    void this.panel.webview.postMessage(message);
  }

  private async open(side: Side, start: number, end: number): Promise<void> {
    const [part, text] = [this.parts[side], this.texts[side]];
    if (part === undefined || text === undefined) {
      return;
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(part.textDocument.uri));
    const first = document.offsetAt(new vscode.Position(text.range.start.line, text.range.start.character));
    const selection = new vscode.Range(document.positionAt(first + start), document.positionAt(first + end));
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      selection,
      preview: true,
    });
  }
}

function fileOf({ textDocument }: CodePart): string {
  return path.basename(vscode.Uri.parse(textDocument.uri).path);
}

/** "src/cart.ts:12-20", or the line of the cursor. */
function nameOf({ textDocument, range }: CodePart): string {
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(textDocument.uri));
  const lines = range.end.line > range.start.line ? `-${range.end.line + 1}` : '';
  return `${file}:${range.start.line + 1}${lines}`;
}
